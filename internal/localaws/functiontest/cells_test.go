package functiontest

import (
	"math/rand/v2"
	"slices"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
)

// cell is one line of the matrix: a way into a function, with a call of AWS at
// fault, and a policy.
type cell struct{ entry, dependency, fault, policy string }

func (c cell) String() string {
	return c.entry + ", " + c.dependency + " " + c.fault + ", policy " + c.policy
}

// entry is a way into a function.
type entry struct {
	function string
	// event is what the function is invoked with. turnedOff is the event of the
	// call that turned FIPS mode off.
	event func(turnedOff []byte, cloudFormation string) []byte
}

// sixHours is how late the late event is.
const sixHours = 6 * time.Hour

var entries = map[string]entry{
	"event": {product.Enforcer, func(turnedOff []byte, _ string) []byte { return turnedOff }},
	"late event": {product.Enforcer, func(turnedOff []byte, _ string) []byte {
		return earlier(turnedOff, sixHours)
	}},
	"minute": {product.Enforcer, func([]byte, string) []byte { return []byte(`{"check":"setting"}`) }},
	"deployment": {product.Enforcer, func(_ []byte, cloudFormation string) []byte {
		return []byte(`{"RequestType":"Create","ResponseURL":"` + cloudFormation + `","StackId":"s","RequestId":"r","LogicalResourceId":"l"}`)
	}},
	"scan": {product.Verifier, func([]byte, string) []byte { return []byte(`{"look":"hourly"}`) }},
}

// fault is what is wrong with a call.
type fault struct {
	localaws.Fault
	// taken says that the call is done in the end, and within how long FIPS
	// mode is on where it is the call that turns it on.
	taken time.Duration
}

const (
	atOnceOn      = 3 * time.Second
	afterHanging  = 12 * time.Second
	afterThrottle = 10 * time.Second
	never         = time.Hour // of what hangs
)

var faults = map[string]fault{
	"down":                {Fault: localaws.Fault{Effect: localaws.DropConnection}},
	"hangs":               {Fault: localaws.Fault{Latency: never}},
	"answers garbage":     {Fault: localaws.Fault{Effect: localaws.Garbage}},
	"is refused":          {Fault: localaws.Fault{Effect: localaws.DenyAccess}},
	"is throttled":        {Fault: localaws.Fault{Effect: localaws.Throttle}},
	"fails":               {Fault: localaws.Fault{Effect: localaws.ServerError}},
	"is slow":             {localaws.Fault{Latency: time.Second}, atOnceOn},
	"is cut once":         {localaws.Fault{Times: 1, Effect: localaws.DropConnection}, atOnceOn},
	"hangs once":          {localaws.Fault{Times: 1, Latency: never}, afterHanging},
	"is throttled thrice": {localaws.Fault{Times: 3, Effect: localaws.Throttle}, afterThrottle},
	"fails thrice":        {localaws.Fault{Times: 3, Effect: localaws.ServerError}, afterThrottle},
}

// policies are documents, by what is wrong with them.
var policies = map[string]string{
	"good":   `{"version":1}`,
	"faulty": `{"version":1,"rules":{"service-platform":"on"}}`,
	"expired": `{"version":1,"rules":{"task-definition-platform":"audit"},"exemptions":[{"resource":"arn:aws-us-gov:ecs:*:*:task-definition/legacy:*",` +
		`"reason":"migration","approver":"someone@example.gov","expires":"2026-01-31"}]}`,
}

// allCells is every cell, by what each entry calls.
func allCells(calls map[string][]string) []cell {
	var all []cell
	for e, dependencies := range calls {
		for _, d := range dependencies {
			for f := range faults {
				for p := range policies {
					all = append(all, cell{e, d, f, p})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b cell) int {
		return slices.Compare(a.columns(), b.columns())
	})
	return all
}

func (c cell) columns() []string { return []string{c.entry, c.dependency, c.fault, c.policy} }

// pair is what two columns of a cell have.
type pair struct {
	first, second int
	a, b          string
}

func (c cell) pairs() []pair {
	var all []pair
	columns := c.columns()
	for i, a := range columns {
		for j := i + 1; j < len(columns); j++ {
			all = append(all, pair{i, j, a, columns[j]})
		}
	}
	return all
}

// pairwise selects cells until each pair that any of them has is in one: always
// the one of those at hand with the most new ones.
func pairwise(all []cell) []cell {
	missing := map[pair]bool{}
	for _, c := range all {
		for _, p := range c.pairs() {
			missing[p] = true
		}
	}
	gain := func(c cell) int {
		n := 0
		for _, p := range c.pairs() {
			if missing[p] {
				n++
			}
		}
		return n
	}
	left := slices.Clone(all)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	var selected []cell
	for len(missing) > 0 {
		best := slices.MaxFunc(left, func(a, b cell) int { return gain(a) - gain(b) })
		selected = append(selected, best)
		for _, p := range best.pairs() {
			delete(missing, p)
		}
	}
	return selected
}
