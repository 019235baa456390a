package manifest

import (
	"strings"

	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// format is a kind of document besides Terraform's.
type format struct {
	Name string // as docs/check.md has it
	has  func(has func(string) bool) bool
	read func(*file, *syntax.Value)
}

func has(names ...string) func(func(string) bool) bool {
	return func(has func(string) bool) bool {
		for _, name := range names {
			if !has(name) {
				return false
			}
		}
		return true
	}
}

// hasSome asks for one name and for one more of several.
func hasSome(first string, others ...string) func(func(string) bool) bool {
	return func(has func(string) bool) bool {
		if !has(first) {
			return false
		}
		for _, name := range others {
			if has(name) {
				return true
			}
		}
		return false
	}
}

// formats are told apart by what is in a document, the first that fits.
func formats() []format {
	return []format{
		{"CloudFormation template; CodeDeploy AppSpec", has("Resources"), (*file).templateOrAppSpec},
		{"resource of a controller in Kubernetes", has("apiVersion", "kind", "spec"), (*file).controlled},
		{"output of get-template; input of create-stack", has("TemplateBody"), (*file).stack},
		{"output of describe-task-definition", has("taskDefinition"), (*file).described},
		{"input of register-task-definition", has("containerDefinitions"), one("task definition", "family", "AWS::ECS::TaskDefinition")},
		{"input of register-task-definition", has("family", "requiresCompatibilities"), one("task definition", "family", "AWS::ECS::TaskDefinition")},
		{"output of describe-services", has("services"), several("services", "service", "serviceName", "AWS::ECS::Service")},
		{"output of describe-tasks", has("tasks"), several("tasks", "task", "taskArn", launch.RunTask)},
		{"output of describe-task-sets", has("taskSets"), several("taskSets", "task set", "id", "AWS::ECS::TaskSet")},
		{"output of describe-job-definitions", has("jobDefinitions"), several("jobDefinitions", "job definition", "jobDefinitionName", "AWS::Batch::JobDefinition")},
		{"input of register-job-definition", has("jobDefinitionName"), one("job definition", "jobDefinitionName", "AWS::Batch::JobDefinition")},
		{"state machine in Amazon States Language", has("StartAt", "States"), (*file).machine},
		{"input of put-targets", hasSome("Targets", "Rule", "EventBusName"), one("rule", "Rule", "AWS::Events::Rule")},
		{"output of list-targets-by-rule", has("Targets"), (*file).targets},
		{"output of describe-state-machine; input of create-state-machine", hasSome("definition", "stateMachineArn", "roleArn"), one("state machine", "name", "AWS::StepFunctions::StateMachine")},
		{"output of describe-pipe; input of create-pipe", has("Target", "TargetParameters"), one("pipe", "Name", "AWS::Pipes::Pipe")},
		{"input of create-schedule", hasSome("Target", "ScheduleExpression", "FlexibleTimeWindow"), one("schedule", "Name", "AWS::Scheduler::Schedule")},
		{"output of list-account-settings", has("settings"), several("settings", "setting", "name", launch.Setting)},
		{"input of put-account-setting-default", has("name", "value"), (*file).accountSetting},
		{"input of create-service, update-service; service of ecspresso", isService, one("service", "serviceName", "AWS::ECS::Service")},
		{"input of run-task", hasSome("taskDefinition", "count", "cluster", "overrides", "startedBy", "group"), one("task", "taskDefinition", launch.RunTask)},
		{"input of run-task", hasSome("launchType", "count", "cluster", "overrides", "startedBy", "platformVersion"), one("task", "taskDefinition", launch.RunTask)},
	}
}

// isService knows what only a service has.
func isService(has func(string) bool) bool {
	asks, serves := false, false
	for _, name := range []string{"launchType", "capacityProviderStrategy", "platformVersion", "taskDefinition", "networkConfiguration"} {
		asks = asks || has(name)
	}
	for _, name := range []string{"serviceName", "service", "desiredCount", "deploymentController", "deploymentConfiguration", "schedulingStrategy", "loadBalancers", "serviceArn"} {
		serves = serves || has(name)
	}
	return asks && serves
}

// formatOf is how a document is read, by its members; nil if its format is not
// known.
func formatOf(has func(string) bool) func(*file, *syntax.Value) {
	for _, f := range formats() {
		if f.has(has) {
			return f.read
		}
	}
	return nil
}

// document reads a document if it is of a known format. Of a list each element
// is one.
func (f *file) document(root *syntax.Value) {
	all := []*syntax.Value{root}
	if root.Kind == syntax.List {
		all = root.Elements
	}
	for _, d := range all {
		if root.Kind == syntax.List {
			f.begins = d.Line
		}
		if read := formatOf(func(name string) bool { return d.Get(name) != nil }); read != nil {
			read(f, d)
		} else {
			f.within(d, 0)
		}
	}
}

// templateOrAppSpec: a template's resources have names, an AppSpec's are a list.
func (f *file) templateOrAppSpec(root *syntax.Value) {
	resources := root.Get("Resources")
	switch {
	case resources.Kind == syntax.List && root.Get("version") != nil:
		f.appSpec(resources)
	case resources.Kind == syntax.Object || resources.Kind == syntax.Tagged:
		f.known = true
		w := &launch.World{}
		g := f.gather(w)
		g.metadata = func(id string) *syntax.Value { return resources.Get(id).Get("Metadata") }
		if f.wishes {
			lines := linesOf(resources)
			g.lines = func(id string) span { return lines[id] }
		}
		newTemplate(root, w, f.options, f.options.Parameters).read(g.each)
	}
}

func (f *file) appSpec(resources *syntax.Value) {
	f.known = true
	for _, e := range resources.Elements {
		for _, m := range e.Members {
			f.add(m.Name, launch.AppSpec, m.Value)
		}
	}
}

// described: run-task and create-service have a text of the same name.
func (f *file) described(root *syntax.Value) {
	d := root.Get("taskDefinition")
	if d.Kind == syntax.Object {
		if d.Get("containerDefinitions", "family") != nil {
			f.one("task definition", "family", "AWS::ECS::TaskDefinition", d)
		}
		return
	}
	for _, other := range formats() {
		if other.has(func(name string) bool { return root.Get(name) != nil }) && other.Name != "output of describe-task-definition" {
			other.read(f, root)
			return
		}
	}
}

// stack: get-template prints a template in JSON as it is, and one in YAML as a
// text.
func (f *file) stack(root *syntax.Value) {
	if body := root.Get("TemplateBody"); body.Kind == syntax.Object {
		f.document(body)
		return
	}
	f.one("stack", "StackName", "AWS::CloudFormation::Stack", root)
}

// targets: of a list of targets that have no ARN nothing is known.
func (f *file) targets(root *syntax.Value) {
	for _, target := range root.Get("Targets").Elements {
		if target.Get("Arn") != nil {
			f.one("rule", "Rule", "AWS::Events::Rule", root)
			return
		}
	}
}

func one(noun, called, kind string) func(*file, *syntax.Value) {
	return func(f *file, root *syntax.Value) { f.one(noun, called, kind, root) }
}

func (f *file) one(noun, called, kind string, n *syntax.Value) {
	f.add(launch.FirstText(n.Get(called).PlainText(), noun), kind, n)
}

func several(members, noun, called, kind string) func(*file, *syntax.Value) {
	return func(f *file, root *syntax.Value) {
		list := root.Get(members)
		if list.Kind != syntax.List {
			return
		}
		for _, e := range list.Elements {
			if e.Get(called) != nil {
				f.one(noun, called, kind, e)
			}
		}
	}
}

func (f *file) machine(root *syntax.Value) {
	definition := &syntax.Value{Position: root.Position, Kind: syntax.Object, Members: []syntax.Member{{Position: root.Position, Name: "Definition", Value: root}}}
	f.add("state machine", "AWS::StepFunctions::StateMachine", definition)
}

func (f *file) accountSetting(root *syntax.Value) {
	if strings.EqualFold(root.Get("name").PlainText(), "fargateFIPSMode") {
		f.add("fargateFIPSMode", launch.Setting, root)
	}
}

// add is a resource by itself. Nothing in it is left to a deployment, but what is
// elsewhere.
func (f *file) add(called, kind string, n *syntax.Value) {
	f.known = true
	w := &launch.World{}
	source := &plain{template: template{world: w, options: f.options}, file: f}
	r := launch.Resource{Name: called, ID: called, Kind: kind, At: n.Position, Options: f.options, Template: templateIn(w, f.options, called)}
	r.Properties = launch.Value{Node: n, At: n.Position, From: source}
	if kind == "AWS::ECS::TaskDefinition" {
		f.define(n.Get("taskDefinitionArn").PlainText(), r)
		f.define(n.Get("family").PlainText()+":"+n.Get("revision").PlainText(), r)
	}
	g := f.gather(w)
	if f.wishes {
		lines := span{f.begins, max(lastLine(n), f.begins)}
		g.lines = func(string) span { return lines }
	}
	f.later = append(f.later, func() { g.each(called, called, r.Statements) })
}

// gather makes items of what has neither metadata nor comments.
func (f *file) gather(w *launch.World) gather {
	return gather{f, w, func(string) *syntax.Value { return nil }, func(string) span { return span{} }}
}

// linesOf are the lines of a template's resources, each from its name on.
func linesOf(resources *syntax.Value) map[string]span {
	lines := map[string]span{}
	for _, m := range resources.Members {
		lines[m.Name] = span{m.Line, max(m.Line, lastLine(m.Value))}
	}
	return lines
}

// plain is the source of documents in which AWS's API writes names.
type plain struct {
	template
	file *file
}

func (p *plain) Member(of launch.Value, name string) launch.Value {
	v := p.template.Member(of, name)
	v.From = p
	return v
}

func (p *plain) Element(of launch.Value, index int) launch.Value {
	v := p.template.Element(of, index)
	v.From = p
	return v
}

// Block: Crossplane writes an object as a list of one.
func (p *plain) Block(of launch.Value) launch.Value {
	if len(of.Node.Elements) != 1 {
		return of
	}
	return p.Element(of, 0)
}

func (p *plain) Spelled(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// define notes by what others refer to a task definition. A family without a
// revision is not enough: which is the newest is known when it is asked.
func (f *file) define(called string, r launch.Resource) {
	if called == "" || strings.HasPrefix(called, ":") || strings.HasSuffix(called, ":") {
		return
	}
	if f.definitions == nil {
		f.definitions = map[string][]*launch.Resource{}
	}
	f.definitions[called] = append(f.definitions[called], &r)
}

// found lists the task definitions of the file that have an ARN, or a family and
// a revision.
func (p *plain) Found(v launch.Value) []*launch.Resource { return p.file.definitions[v.Known()] }

func (p *plain) All(string) []*launch.Resource { return nil }
