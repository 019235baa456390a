package past_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fipsguard/internal/audit"
	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/past"
	"fipsguard/internal/guard"
)

var about = evidence.About{Started: time.Unix(1_790_000_000, 0), Finished: time.Unix(1_790_000_060, 0)}

// random is a place of random intervals, of which nothing but on is sometimes.
func random(r *rand.Rand) *audit.Answer {
	modes := []string{"on", "off", "unknown"}[:1+r.IntN(3)]
	p := audit.Place{Account: "111122223333", Region: "us-gov-west-1", From: 1000, Until: 1000 + 3600}
	intervals := func(n int) []audit.Interval {
		var all []audit.Interval
		for i := range n {
			one := audit.Interval{From: audit.Time(1000 + 600*i), Until: audit.Time(1600 + 600*i), Mode: modes[r.IntN(len(modes))], Reason: audit.Set}
			if one.Mode == "off" {
				one.Event = &audit.Event{EventID: fmt.Sprint(i), EventName: "PutAccountSettingDefault", Actor: "jane"}
			}
			all = append(all, one)
		}
		return all
	}
	p.Intervals = intervals(r.IntN(7))
	for i := range r.IntN(3) {
		p.Overrides = append(p.Overrides, audit.Override{Principal: fmt.Sprint("arn:aws-us-gov:iam::111122223333:role/r", i), Intervals: intervals(1 + r.IntN(3))})
	}
	p.Trust = audit.Trust{VouchedHours: r.IntN(3), UnvouchedHours: r.IntN(2), AlteredFiles: r.IntN(4) / 3}
	for _, i := range p.Intervals {
		if i.Mode == "off" {
			p.Off.Windows++
			p.Off.Seconds += int64(i.Until - i.From)
			n := r.IntN(3)
			p.LaunchesWhileOff += n
			p.Launched = append(p.Launched, audit.Launched{Definition: []string{"", "web:1", "web:2"}[r.IntN(3)], Count: n})
		}
	}
	a := &audit.Answer{Places: []audit.Place{p}}
	if r.IntN(3) == 0 {
		a.Files.Faulty = []audit.Faulty{{Path: "x.json", Fault: "corrupt"}}
	}
	return a
}

// TestClaimsSayTheWorst: off is a violation, unknown and what nobody saw passes
// never, every claim has its time, and no report passes whose audit did not.
func TestClaimsSayTheWorst(t *testing.T) {
	passed := 0
	for seed := range uint64(2000) {
		a := random(rand.New(rand.NewPCG(seed, 0)))
		p := a.Places[0]
		d := past.Documents(a, about)[0]
		want := evidence.Compliant
		for _, i := range p.Intervals {
			switch {
			case i.Mode == "off":
				want = evidence.NonCompliant
			case i.Mode == "unknown" && want == evidence.Compliant:
				want = evidence.InsufficientData
			}
		}
		if len(p.Intervals) == 0 {
			want = evidence.InsufficientData
		}
		got := slices.DeleteFunc(slices.Clone(d.Claims), func(c evidence.Claim) bool { return c.Rule != guard.FIPSModeDefault })
		if len(got) != 1 || got[0].Result != want {
			t.Errorf("seed %d: the setting is %v, want %s", seed, got, want)
		}
		launched, seen := 0, map[string]bool{}
		for _, c := range d.Claims {
			if c.At == nil || c.Seen == "" || c.Until != nil || c.Reason == "" || (c.Remedy == "") != (c.Result == evidence.Compliant) {
				t.Errorf("seed %d: claim without what it rests on, or with what it does not: %+v", seed, c)
			}
			if c.Seen == guard.Vouched && (p.Trust.UnvouchedHours+p.Trust.AlteredFiles+len(a.Files.Faulty) > 0 || p.Trust.VouchedHours == 0) {
				t.Errorf("seed %d: nobody vouches for %s", seed, c.Subject)
			}
			if key := string(c.Rule) + c.Subject; seen[key] {
				t.Errorf("seed %d: two claims of rule %s about %s", seed, c.Rule, c.Subject)
			} else {
				seen[key] = true
			}
			var n int
			if _, err := fmt.Sscanf(c.Reason, "Launched while FIPS mode was off: %d", &n); err == nil {
				launched += n
			}
		}
		if launched != p.LaunchesWhileOff {
			t.Errorf("seed %d: claims tell of %d launches, the audit of %d", seed, launched, p.LaunchesWhileOff)
		}
		if d.Status == guard.Compliant {
			passed++
			if a.Status() != 0 {
				t.Errorf("seed %d: the report passes, and the audit exits %d", seed, a.Status())
			}
		}
		if a.Status() == 1 && d.Status != guard.NonCompliant {
			t.Errorf("seed %d: the audit found off, and the report is %s", seed, d.Status)
		}
	}
	if passed == 0 {
		t.Error("no report ever passes: the test tests nothing")
	}
}
