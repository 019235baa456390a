package guard

import "testing"

// TestWhatPeopleTakeForOneResource: the tasks of a service are the service,
// whatever is said of them; everything else is itself.
func TestWhatPeopleTakeForOneResource(t *testing.T) {
	one := Task{ARN: "arn:task/1", Cluster: "main", Group: "service:web", Fargate: Yes, LastStatus: "RUNNING"}
	two, alone, elsewhere := one, one, one
	two.ARN, alone.Group, elsewhere.Cluster = "arn:task/2", "family:web", "other"
	identity := func(s State) Identity { return Check(s)[0].Identity() }
	for name, states := range map[string][2]State{
		"tasks":    {one, two},
		"kernels":  {KernelCheck{Task: one, Answer: "0"}, KernelCheck{Task: two, Answer: "?"}},
		"launches": {Exposure{Task: one}, Exposure{Task: two}},
	} {
		if a, b := identity(states[0]), identity(states[1]); a != b {
			t.Errorf("%s of one service are two: %s and %s", name, a, b)
		}
	}
	for name, other := range map[string]State{
		"a task without a service":     alone,
		"a service of another cluster": elsewhere,
		"another rule":                 KernelCheck{Task: one},
		"the service itself":           Service{ARN: "arn:service/web", Fargate: Yes},
	} {
		if a, b := identity(one), identity(other); a == b {
			t.Errorf("%s is taken for a task of the service: %s", name, a)
		}
	}
	if got := identity(one).String(); got != "task-running-platform service web of main" {
		t.Errorf("the identity reads %q", got)
	}
}
