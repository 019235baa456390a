package manifest

import (
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// call is what an API call does that a resource has made later: a state of a
// state machine, a schedule, a custom resource. Names of services and actions
// are written in many ways.
func (r resource) call(part, service, action string, arguments value) []statement {
	service = strings.ToLower(strings.TrimPrefix(service, "@aws-sdk/client-"))
	action = strings.ToLower(strings.TrimSuffix(action, "Command"))
	if isPlaceholder(service) || isPlaceholder(action) {
		return []statement{unknown(aboutTask, part, arguments.at, value{
			unknown: whyPlaceholder(firstPlaceholder(service, action)), at: arguments.at, from: arguments.from, cause: cause{kind: placeholder},
		})}
	}
	if arguments.unknown != "" && starts(service, action) {
		about := aboutTask
		if strings.Contains(action, "accountsetting") {
			about = aboutSetting
		}
		return []statement{unknown(about, part, arguments.at, arguments)}
	}
	switch service + ":" + action {
	case "ecs:runtask":
		return []statement{r.launch(aboutTask, part, arguments, arguments.get(name, "Cluster"))}
	case "ecs:createservice", "ecs:updateservice", "ecs:createtaskset":
		return []statement{r.launch(aboutService, part, arguments, arguments.get(name, "Cluster"))}
	case "ecs:registertaskdefinition":
		return inPart(part, decodeDefinition(r.with(arguments)))
	case "ecs:createexpressgatewayservice", "ecs:updateexpressgatewayservice":
		return inPart(part, decodeExpress(r))
	case "ecs:putaccountsettingdefault", "ecs:putaccountsetting", "ecs:deleteaccountsetting":
		return r.setting(part, action, arguments)
	case "batch:registerjobdefinition":
		return inPart(part, decodeJobDefinition(r.with(arguments)))
	case "batch:submitjob":
		return r.submit(part, arguments.get(name, "JobDefinition"))
	case "cloudformation:createstack", "cloudformation:updatestack":
		return inPart(part, decodeProduct(r))
	}
	return nil
}

// starts reports whether a call could be one of those that matter.
func starts(service, action string) bool {
	return (service == "ecs" || service == "batch") && !strings.HasPrefix(action, "describe") && !strings.HasPrefix(action, "list")
}

func firstPlaceholder(texts ...string) string {
	for _, t := range texts {
		if isPlaceholder(t) {
			return t
		}
	}
	return ""
}

// with is the resource with other properties.
func (r resource) with(properties value) resource {
	r.properties = properties
	r.at = properties.at
	return r
}

func inPart(part string, all []statement) []statement {
	for i := range all {
		all[i].part = strings.TrimSpace(part + " " + all[i].part)
	}
	return all
}

// setting is a call that writes an account setting; of another one than FIPS
// mode there is nothing to say.
func (r resource) setting(part, action string, arguments value) []statement {
	called := arguments.get(word, "Name")
	if called.unknown == "" && !strings.EqualFold(called.known(), guard.SettingName) {
		return nil
	}
	v := arguments.get(word, "Value")
	s := statement{part: part, at: firstPosition(arguments.at, r.at), about: aboutSetting}
	s.facts.setting = guard.Setting{Scope: guard.ScopeAccount, Mode: guard.ParseMode(v.known()), Unknown: firstText(called.unknown, v.unknown)}
	if called.unknown != "" {
		s.facts.setting.Mode = guard.ModeUnknown
	}
	if region := arguments.get(word, "Region").known(); region != "" {
		s.facts.setting.Region = region
	}
	s.attributes = []attribute{{
		value: v, name: v.name(arguments, "Value"), want: "enabled", missing: "Set " + arguments.spelled("Value") + " to enabled",
		right: func(f *facts) { f.setting.Mode, f.setting.Deleted = guard.ModeOn, false },
	}}
	if called.unknown != "" {
		s.attributes[0].value, s.attributes[0].name, s.attributes[0].want = called, called.name(arguments, "Name"), guard.SettingName
	}
	if action == "deleteaccountsetting" {
		s.facts.setting.Mode, s.facts.setting.Deleted = guard.ModeUnknown, true
		s.attributes[0].value = value{at: s.at, from: arguments.from, cause: cause{kind: absent}}
		s.attributes[0].missing = "Do not delete " + guard.SettingName
	}
	principal := arguments.get(name, "PrincipalArn")
	if action != "putaccountsettingdefault" && !strings.HasSuffix(principal.known(), ":root") {
		s.facts.setting.Scope, s.facts.setting.Principal = guard.ScopePrincipal, firstText(principal.known(), "whoever makes the call")
	}
	return []statement{s}
}

// decodeSetting: destroying the resource turns FIPS mode off; forgetting it
// leaves the setting as it is.
func decodeSetting(r resource) []statement {
	all := r.setting("", "putaccountsettingdefault", r.properties)
	for i := range all {
		s := &all[i]
		s.at = r.at
		switch r.gone {
		case forgotten:
			s.note = "The plan forgets it and leaves the setting as it is."
		case destroyed:
			s.facts.setting.Deleted, s.facts.setting.Mode = true, guard.ModeUnknown
			s.attributes[0].value = value{at: r.at, from: r.properties.from, cause: cause{kind: absent, at: r.at}}
			s.attributes[0].missing = "Keep " + r.name + ", or stop managing it with a removed block that has destroy = false"
		case kept:
		}
	}
	return all
}

// decodeCustom reads a custom resource. The CDK's AwsCustomResource has its API
// calls in its properties. What another one's function does is not in the file:
// one that names the setting may write it.
func decodeCustom(r resource) []statement {
	var all []statement
	for _, event := range []string{"Create", "Update", "Delete"} {
		call := embedded(r.properties.get(anything, event))
		service := call.get(name, "service")
		if call.node == nil || service.isLeftOut() {
			continue
		}
		said := r.call("on "+event, service.known(), call.get(name, "action").known(), call.get(object, "parameters"))
		if event == "Delete" {
			said = onDelete(said)
		}
		all = append(all, said...)
	}
	all = distinctStatements(all)
	if len(all) == 0 && mentions(r.properties.node, guard.SettingName, 0) {
		because := value{unknown: "what its function does with " + guard.SettingName + " is not in this file", at: r.at, from: r.properties.from, cause: cause{kind: code, name: "the function of " + r.name}}
		all = append(all, unknown(aboutSetting, "", r.at, because))
	}
	return all
}

// onDelete: what happens when the resource is deleted or replaced does not
// happen now. A call that would turn the account's FIPS mode off then may do so.
func onDelete(all []statement) []statement {
	var bad []statement
	for _, s := range all {
		if s.about != aboutSetting || s.facts.setting.Scope != guard.ScopeAccount || s.check().Severity == guard.Info {
			continue
		}
		s.facts.setting.Mode, s.facts.setting.Deleted = guard.ModeUnknown, false
		s.facts.setting.Unknown = "deleting or replacing the resource turns FIPS mode off"
		bad = append(bad, s)
	}
	return bad
}

// distinctStatements leaves out calls that repeat an earlier one, as most custom
// resources do on update.
func distinctStatements(all []statement) []statement {
	var some []statement
	seen := map[facts]bool{}
	for _, s := range all {
		if !seen[s.facts] {
			seen[s.facts] = true
			some = append(some, s)
		}
	}
	return some
}

// mentions reports whether a text is anywhere in a value.
func mentions(v *syntax.Value, text string, depth int) bool {
	if v == nil || depth > syntax.MaxDepth {
		return false
	}
	for _, m := range v.Members {
		if containsFold(m.Name, text) || mentions(m.Value, text, depth+1) {
			return true
		}
	}
	for _, e := range v.Elements {
		if mentions(e, text, depth+1) {
			return true
		}
	}
	return containsFold(v.Text, text)
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
