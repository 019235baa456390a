package chaos

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
)

// story is what goes on in an account.
type story struct {
	seed   uint64
	policy string // its name
	steps  []step
}

// step is one thing that happens, or begins to go wrong.
type step struct {
	number int           // in the story of its seed
	at     time.Duration // after the beginning
	kind   string
	who    string // someone, or a function
	name   string // a family of task definitions
	call   string // an operation
	how    localaws.Effect
	n      int           // how many, or how many not
	long   time.Duration // how long
	late   bool          // after the call instead of before it
}

// String is a step in one line.
func (s step) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%8s  %s", s.at.Round(time.Millisecond), s.kind)
	for _, part := range []struct {
		name, value string
	}{
		{"who", s.who}, {"name", s.name}, {"call", s.call}, {"how", string(s.how)},
	} {
		if part.value != "" {
			fmt.Fprintf(&b, "  %s=%s", part.name, part.value)
		}
	}
	if s.n != 0 {
		fmt.Fprintf(&b, "  n=%d", s.n)
	}
	if s.long != 0 {
		fmt.Fprintf(&b, "  for=%s", s.long.Round(time.Millisecond))
	}
	if s.late {
		b.WriteString("  after the call")
	}
	return b.String()
}

// String is a story as its steps.
func (s story) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, policy: %s\n", s.seed, s.policy)
	for _, step := range s.steps {
		fmt.Fprintf(&b, "  %s\n", step)
	}
	return b.String()
}

// storyTime is how long things go wrong.
const storyTime = 20 * time.Minute

// kinds are what can happen, each as often as its weight.
var kinds = []struct {
	name   string
	weight int
	make   func(*rand.Rand, *step)
}{
	{turnOff, 14, func(r *rand.Rand, s *step) { s.who = pick(r, "admin", "admin", "terraform", "root") }},
	{deleteDefault, 4, func(*rand.Rand, *step) {}},
	{turnOn, 2, func(r *rand.Rand, s *step) { s.who = pick(r, "admin", "terraform") }},
	{overrideOff, 3, func(r *rand.Rand, s *step) { s.who = pick(r, "application", "terraform") }},
	{overrideOn, 1, func(r *rand.Rand, s *step) { s.who = pick(r, "application", "terraform") }},
	{register, 8, func(r *rand.Rand, s *step) { s.name = family(r) }},
	{registerMany, 2, func(r *rand.Rand, s *step) { s.name, s.n = family(r), 5+r.IntN(12) }},
	{runTask, 6, func(r *rand.Rand, s *step) { s.name, s.late = family(r), r.IntN(4) == 0 }},
	{createService, 3, func(r *rand.Rand, s *step) { s.name, s.n = family(r), 1+r.IntN(2) }},
	{forge, 2, func(r *rand.Rand, s *step) { s.name = pick(r, "good-a", "good-b", "ec2-a") }},
	{loseEvents, 4, eventFault},
	{delayEvents, 5, func(r *rand.Rand, s *step) { eventFault(r, s); s.long = someTime(r, time.Second, 15*time.Minute) }},
	{copyEvents, 5, func(r *rand.Rand, s *step) { eventFault(r, s); s.long = someTime(r, time.Millisecond, 15*time.Minute) }},
	{stopTrail, 2, func(r *rand.Rand, s *step) { s.long = someTime(r, 10*time.Second, 10*time.Minute) }},
	{failCalls, 22, callFault},
	{killProcess, 12, func(r *rand.Rand, s *step) {
		s.who = pick(r, product.Enforcer, product.Enforcer, product.Gate, product.Verifier, product.Verifier)
		s.call = pick(r, "", "", "Publish", "PutAccountSettingDefault", "ListAccountSettings", "PutObject", "GetObject", "DeregisterTaskDefinition", "StopTask", "ExecuteCommand", "LookupEvents")
		s.n, s.late = r.IntN(4), r.IntN(2) == 0
	}},
	{deployGuard, 2, func(*rand.Rand, *step) {}},
	{askForScans, 3, func(r *rand.Rand, s *step) { s.n = 1 + r.IntN(6) }},
}

func eventFault(r *rand.Rand, s *step) {
	s.call = pick(r, "PutAccountSettingDefault", "PutAccountSettingDefault", "DeleteAccountSetting", "PutAccountSetting", "RegisterTaskDefinition", "RunTask", "ECS Task State Change")
	s.n = 1 + r.IntN(3)
}

func callFault(r *rand.Rand, s *step) {
	s.who = pick(r, product.Enforcer, product.Enforcer, product.Verifier)
	s.call = pick(r, "PutAccountSettingDefault", "PutAccountSettingDefault", "ListAccountSettings", "ListAccountSettings", "Publish", "Publish", "Publish",
		"DescribeTaskDefinition", "DeregisterTaskDefinition", "StopTask", "DescribeTasks", "PutObject", "GetObject", "LookupEvents", "ListTasks", "ExecuteCommand", "")
	s.how = pick(r, localaws.Throttle, localaws.ServerError, localaws.DenyAccess, localaws.DropConnection, localaws.LoseAnswer, localaws.Garbage, localaws.Slow, hang)
	if s.how == localaws.Slow {
		s.long = someTime(r, 100*time.Millisecond, 20*time.Second)
	}
	s.n = pick(r, 0, 1, 1, 2, 3, 5, 10)
}

func family(r *rand.Rand) string {
	return pick(r, "good-a", "good-b", "arm-a", "arm-b", "windows-a", "ec2-a", "unasked-a", "vendor-a", "vendor-ab")
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// someTime prefers short times, and has any order of magnitude.
func someTime(r *rand.Rand, least, most time.Duration) time.Duration {
	for most > least*2 && r.IntN(3) > 0 {
		most /= 4
	}
	return least + time.Duration(r.Int64N(int64(max(most-least, 1))))
}

// tell makes up the story of a seed. Steps crowd around a few moments, so that
// they meet.
func tell(seed uint64) story {
	r := rand.New(rand.NewPCG(seed, 20261126))
	s := story{seed: seed, policy: pick(r, policyNames...)}
	moments := []time.Duration{0}
	for range 1 + r.IntN(3) {
		moments = append(moments, time.Duration(r.Int64N(int64(storyTime))))
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	for range 3 + r.IntN(12) {
		at := pick(r, moments...) + someTime(r, 0, 90*time.Second)
		n := r.IntN(total)
		for _, k := range kinds {
			if n -= k.weight; n < 0 {
				step := step{at: at, kind: k.name}
				k.make(r, &step)
				s.steps = append(s.steps, step)
				break
			}
		}
	}
	slices.SortStableFunc(s.steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	for i := range s.steps {
		s.steps[i].number = i
	}
	return s
}
