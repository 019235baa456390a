package guard

// Identity says which findings are the same one: the rule, and what people
// take for one resource. Whether a finding is new is asked by it, and Security
// Hub's IDs are made from it.
type Identity struct {
	Rule     RuleID
	Resource string
}

// String is the identity as people read it.
func (id Identity) String() string { return string(id.Rule) + " " + id.Resource }

// Identity of a finding. The tasks of a service come and go: the service
// stands for them.
func (f Finding) Identity() Identity {
	resource := f.Subject
	switch s := f.State.(type) {
	case KernelCheck:
		resource = s.Task.resource()
	case Exposure:
		resource = s.Task.resource()
	case Task:
		resource = s.resource()
	}
	return Identity{f.Rule, resource}
}

// resource is the task's service, or the task where it has none.
func (t Task) resource() string {
	if t.Service() == "" {
		return t.Subject()
	}
	return "service " + t.Service() + " of " + t.Cluster
}
