package summary

import (
	"slices"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
)

// Summary is of one account and Region.
type Summary struct {
	Schema  string    `json:"schema"`
	Account string    `json:"account"`
	Region  string    `json:"region"`
	From    time.Time `json:"from"` // the start of the first report
	Until   time.Time `json:"until"`
	Signed  bool      `json:"signed"` // the reports' signatures were verified
	Left    int       `json:"left"`   // reports that were left out because they were not signed or not readable
	Days    []Figures `json:"days"`   // every day between, also one without a report
	Last30  Figures   `json:"last30Days"`
	Last365 Figures   `json:"last365Days"`
}

const schema = "fipsguard.evidence-summary/v1"

// Figures are of a day, or of several. What no report shows is null.
type Figures struct {
	Day            string   `json:"day"` // its date; of several the first one
	Days           int      `json:"days"`
	Reports        int      `json:"reports"`
	TaskChecks     int      `json:"taskChecks"`     // tasks in scope, summed over the reports
	Checked        *float64 `json:"checkedShare"`   // of them whose kernel answered, from 0 to 1
	OffMinutes     *float64 `json:"offMinutes"`     // of the account default
	UnknownMinutes *float64 `json:"unknownMinutes"` // that no report shows as on or off
	Fixes          int      `json:"fixes"`          // off periods that ended
	FixMedian      *float64 `json:"fixMedianSeconds"`
	Fix99th        *float64 `json:"fix99thSeconds"`
	OldestCheck    *float64 `json:"oldestCheckHours"` // the age of the oldest answer of a kernel that a report rests on
	Exposed        *int     `json:"exposedTasks"`     // launched while FIPS mode was off; the most of a report
}

// Collector adds reports up. The zero value is ready for use.
type Collector struct {
	scopes map[guard.Location]*scope
}

// scope is an account and Region.
type scope struct {
	from, until time.Time
	days        map[time.Time]*day
	on, off     spans
}

// day is what the reports of a day show, but for the times of the setting.
type day struct {
	reports, inScope, answered int
	oldest                     time.Duration
	hasOldest                  bool
	exposed                    int
}

// Add adds a report. They may come in any order.
func (c *Collector) Add(d evidence.Document) {
	if d.Past != nil {
		return // an audit is no scan
	}
	if c.scopes == nil {
		c.scopes = map[guard.Location]*scope{}
	}
	of := guard.Location{Account: d.Account, Region: d.Region}
	s := c.scopes[of]
	if s == nil {
		s = &scope{from: d.Started, until: d.Finished, days: map[time.Time]*day{}}
		c.scopes[of] = s
	}
	if d.Started.Before(s.from) {
		s.from = d.Started
	}
	if d.Finished.After(s.until) {
		s.until = d.Finished
	}
	at := date(d.Finished)
	if s.days[at] == nil {
		s.days[at] = &day{}
	}
	s.days[at].add(d)
	for _, line := range d.Timelines {
		if line.Principal != "" {
			continue
		}
		for _, span := range line.Spans {
			switch span.Mode {
			case guard.ModeOn.String():
				s.on = append(s.on, times{span.From, span.Until})
			case guard.ModeOff.String():
				s.off = append(s.off, times{span.From, span.Until})
			}
		}
	}
	s.on, s.off = s.on.joined(), s.off.joined()
}

func (y *day) add(d evidence.Document) {
	y.reports++
	exposed := 0
	for _, t := range d.Tasks {
		if t.Exposed == guard.NonCompliant {
			exposed++
		}
		answered := t.Kernel.Result == evidence.KernelOn || t.Kernel.Result == evidence.KernelOff
		switch {
		case answered:
			y.answered++
			y.inScope++
		case t.Kernel.Result != evidence.NotInScope:
			y.inScope++
		}
		if answered && t.Kernel.At != nil {
			y.oldest, y.hasOldest = max(y.oldest, d.Finished.Sub(*t.Kernel.At)), true
		}
	}
	y.exposed = max(y.exposed, exposed)
}

func date(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Summaries are those of every account and Region, in their order.
func (c *Collector) Summaries(signed bool, left int) []Summary {
	var all []Summary
	for of, s := range c.scopes {
		sum := Summary{Schema: schema, Account: of.Account, Region: of.Region, From: s.from, Until: s.until, Signed: signed, Left: left}
		for at := date(s.from); !at.After(date(s.until)); at = at.AddDate(0, 0, 1) {
			sum.Days = append(sum.Days, s.figures(at, 1))
		}
		sum.Last30, sum.Last365 = s.last(30), s.last(365)
		all = append(all, sum)
	}
	slices.SortFunc(all, func(a, b Summary) int {
		return slices.Compare([]string{a.Account, a.Region}, []string{b.Account, b.Region})
	})
	return all
}

// last are the figures of the last days, or of as many as there are.
func (s *scope) last(n int) Figures {
	first := date(s.until).AddDate(0, 0, 1-n)
	if earliest := date(s.from); first.Before(earliest) {
		first = earliest
	}
	return s.figures(first, int(date(s.until).Sub(first)/(24*time.Hour))+1)
}

// figures are of some days from one on. Minutes count from the first report to
// the last one only.
func (s *scope) figures(first time.Time, n int) Figures {
	f := Figures{Day: first.Format(time.DateOnly), Days: n}
	sum := day{}
	for i := range n {
		y := s.days[first.AddDate(0, 0, i)]
		if y == nil {
			continue
		}
		sum.reports += y.reports
		sum.inScope += y.inScope
		sum.answered += y.answered
		sum.oldest, sum.hasOldest = max(sum.oldest, y.oldest), sum.hasOldest || y.hasOldest
		sum.exposed = max(sum.exposed, y.exposed)
	}
	f.Reports, f.TaskChecks = sum.reports, sum.inScope
	if sum.inScope > 0 {
		f.Checked = number(float64(sum.answered) / float64(sum.inScope))
	}
	if sum.hasOldest {
		f.OldestCheck = number(sum.oldest.Hours())
	}
	if sum.reports > 0 {
		f.Exposed = &sum.exposed
	}
	f.times(s, times{first, first.AddDate(0, 0, n)}.within(times{s.from, s.until}))
	return f
}

// times adds what the setting was.
func (f *Figures) times(s *scope, of times) {
	if of.lasted() <= 0 {
		return
	}
	off, on := s.off.within(of), s.on.without(s.off).within(of)
	f.OffMinutes = number(off.lasted().Minutes())
	f.UnknownMinutes = number((of.lasted() - off.lasted() - on.lasted()).Minutes())
	var fixes []time.Duration
	for _, t := range s.off {
		ended := !t.until.Before(of.from) && t.until.Before(of.until)
		if ended && s.on.begin(t.until) {
			fixes = append(fixes, t.lasted())
		}
	}
	if f.Fixes = len(fixes); f.Fixes > 0 {
		slices.Sort(fixes)
		f.FixMedian, f.Fix99th = number(rank(fixes, 50).Seconds()), number(rank(fixes, 99).Seconds())
	}
}

// rank is the nearest-rank percentile of sorted times.
func rank(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

func number(x float64) *float64 { return &x }
