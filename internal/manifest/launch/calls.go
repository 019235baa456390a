package launch

import (
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// call is what an API call does that a resource has made later: a state of a
// state machine, a schedule, a custom resource. Names of services and actions
// are written in many ways.
func (r Resource) call(part, service, action string, arguments Value) []Statement {
	service = strings.ToLower(strings.TrimPrefix(service, "@aws-sdk/client-"))
	action = strings.ToLower(strings.TrimSuffix(action, "Command"))
	if IsPlaceholder(service) || IsPlaceholder(action) {
		return []Statement{unknown(aboutTask, part, arguments.At, Value{
			Unknown: whyPlaceholder(firstPlaceholder(service, action)), At: arguments.At, From: arguments.From, Cause: Cause{Kind: Placeholder},
		})}
	}
	if arguments.Unknown != "" && starts(service, action) {
		about := aboutTask
		if strings.Contains(action, "accountsetting") {
			about = aboutSetting
		}
		return []Statement{unknown(about, part, arguments.At, arguments)}
	}
	switch service + ":" + action {
	case "ecs:runtask":
		return []Statement{r.launch(aboutTask, part, arguments, arguments.get(name, "Cluster"))}
	case "ecs:createservice", "ecs:updateservice", "ecs:createtaskset":
		return []Statement{r.launch(aboutService, part, arguments, arguments.get(name, "Cluster"))}
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
		if IsPlaceholder(t) {
			return t
		}
	}
	return ""
}

// with is the resource with other properties.
func (r Resource) with(properties Value) Resource {
	r.Properties = properties
	r.At = properties.At
	return r
}

func inPart(part string, all []Statement) []Statement {
	for i := range all {
		all[i].part = strings.TrimSpace(part + " " + all[i].part)
	}
	return all
}

// setting is a call that writes an account setting; of another one than FIPS
// mode there is nothing to say.
func (r Resource) setting(part, action string, arguments Value) []Statement {
	called := arguments.get(word, "Name")
	if called.Unknown == "" && !strings.EqualFold(called.Known(), guard.SettingName) {
		return nil
	}
	v := arguments.get(word, "Value")
	s := Statement{part: part, at: firstPosition(arguments.At, r.At), about: aboutSetting}
	s.facts.setting = guard.Setting{Scope: guard.ScopeAccount, Mode: guard.ParseMode(v.Known()), Unknown: FirstText(called.Unknown, v.Unknown)}
	if called.Unknown != "" {
		s.facts.setting.Mode = guard.ModeUnknown
	}
	if region := arguments.get(word, "Region").Known(); region != "" {
		s.facts.setting.Region = region
	}
	s.attributes = []attribute{{
		value: v, name: v.name(arguments, "Value"), want: "enabled", missing: "Set " + arguments.Spelled("Value") + " to enabled",
		right: func(f *facts) { f.setting.Mode, f.setting.Deleted = guard.ModeOn, false },
	}}
	if called.Unknown != "" {
		s.attributes[0].value, s.attributes[0].name, s.attributes[0].want = called, called.name(arguments, "Name"), guard.SettingName
	}
	if action == "deleteaccountsetting" {
		s.facts.setting.Mode, s.facts.setting.Deleted = guard.ModeUnknown, true
		s.attributes[0].value = Value{At: s.at, From: arguments.From, Cause: Cause{Kind: Absent}}
		s.attributes[0].missing = "Do not delete " + guard.SettingName
	}
	principal := arguments.get(name, "PrincipalArn")
	if action != "putaccountsettingdefault" && !strings.HasSuffix(principal.Known(), ":root") {
		s.facts.setting.Scope, s.facts.setting.Principal = guard.ScopePrincipal, FirstText(principal.Known(), "whoever makes the call")
	}
	return []Statement{s}
}

// decodeOneSetting reads the parameters of a call, or what ECS says of a setting.
func decodeOneSetting(r Resource) []Statement {
	action := "putaccountsettingdefault"
	if r.Properties.get(name, "PrincipalArn").Known() != "" {
		action = "putaccountsetting"
	}
	return r.setting("", action, r.Properties)
}

// decodeSetting: destroying the resource turns FIPS mode off; forgetting it
// leaves the setting as it is.
func decodeSetting(r Resource) []Statement {
	all := r.setting("", "putaccountsettingdefault", r.Properties)
	for i := range all {
		s := &all[i]
		s.at = r.At
		switch r.Gone {
		case Forgotten:
			s.note = "The plan forgets it and leaves the setting as it is."
		case Destroyed:
			s.facts.setting.Deleted, s.facts.setting.Mode = true, guard.ModeUnknown
			s.attributes[0].value = Value{At: r.At, From: r.Properties.From, Cause: Cause{Kind: Absent, At: r.At}}
			s.attributes[0].missing = "Keep " + r.Name + ", or stop managing it with a removed block that has destroy = false"
		case Kept:
		}
	}
	return all
}

// decodeCustom reads a custom resource. The CDK's AwsCustomResource has its API
// calls in its properties. What another one's function does is not in the file:
// one that names the setting may write it.
func decodeCustom(r Resource) []Statement {
	var all []Statement
	for _, event := range []string{"Create", "Update", "Delete"} {
		call := embedded(r.Properties.get(anything, event))
		service := call.get(name, "service")
		if call.Node == nil || service.IsLeftOut() {
			continue
		}
		said := r.call("on "+event, service.Known(), call.get(name, "action").Known(), call.get(object, "parameters"))
		if event == "Delete" {
			said = onDelete(said)
		}
		all = append(all, said...)
	}
	all = distinctStatements(all)
	if len(all) == 0 && Mentions(r.Properties.Node, guard.SettingName, 0) {
		because := Value{Unknown: "what its function does with " + guard.SettingName + " is not in this file", At: r.At, From: r.Properties.From, Cause: Cause{Kind: code, Name: "the function of " + r.Name}}
		all = append(all, unknown(aboutSetting, "", r.At, because))
	}
	return all
}

// onDelete: what happens when the resource is deleted or replaced does not
// happen now. A call that would turn the account's FIPS mode off then may do so.
func onDelete(all []Statement) []Statement {
	var bad []Statement
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
func distinctStatements(all []Statement) []Statement {
	var some []Statement
	seen := map[facts]bool{}
	for _, s := range all {
		if !seen[s.facts] {
			seen[s.facts] = true
			some = append(some, s)
		}
	}
	return some
}

// Mentions reports whether a text is anywhere in a value.
func Mentions(v *syntax.Value, text string, depth int) bool {
	if v == nil || depth > syntax.MaxDepth {
		return false
	}
	for _, m := range v.Members {
		if containsFold(m.Name, text) || Mentions(m.Value, text, depth+1) {
			return true
		}
	}
	for _, e := range v.Elements {
		if Mentions(e, text, depth+1) {
			return true
		}
	}
	return containsFold(v.Text, text)
}

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
