package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Words sums up what was found at some places in a few sentences.
func Words(places []Place) string {
	if len(places) == 0 {
		return "No account and Region was found in the files: nothing is known."
	}
	s := sumOf(places)
	text := fmt.Sprintf("Between %s and %s FIPS mode ", s.from.words(), s.until.words())
	switch {
	case s.until <= s.from:
		return "The files are of too short a time: nothing is known."
	case s.periods > 0:
		text += fmt.Sprintf("was off for %s in %s", duration(s.off), count(s.periods, "period"))
		if len(places) > 1 {
			text += fmt.Sprintf(", in %d of %d accounts and Regions", s.placesOff, len(places))
		}
		text += fmt.Sprintf(", by %s; %s launched meanwhile.", list(s.by), was(s.launches, "task"))
	case s.unknown > 0:
		text += "was never seen off."
	default:
		text += "was on all the time."
	}
	if s.unknown > 0 {
		text += fmt.Sprintf(" For %s it is unknown: %s.", duration(s.unknown), list(s.why()))
	}
	if s.overridesOff > 0 {
		text += fmt.Sprintf(" %s off.", was(s.overridesOff, "override"))
	}
	return text + fmt.Sprintf(" CloudTrail's signatures vouch for %s of %s hours.", grouped(int64(s.vouched)), grouped(int64(s.hours)))
}

// sum is some places taken together.
type sum struct {
	from, until  Time
	off, unknown int64 // seconds
	periods      int
	placesOff    int
	launches     int
	overridesOff int
	by           []string
	byReason     map[Reason]int64
	vouched      int
	hours        int
}

func sumOf(places []Place) sum {
	s := sum{from: Time(forever), byReason: map[Reason]int64{}}
	for _, p := range places {
		if p.Until > 0 {
			s.from, s.until = min(s.from, p.From), max(s.until, p.Until)
		}
		s.off += p.Off.Seconds
		s.periods += p.Off.Windows
		s.launches += p.LaunchesWhileOff
		s.vouched += p.Trust.VouchedHours
		s.hours += p.Trust.VouchedHours + p.Trust.UnvouchedHours
		if p.Off.Windows > 0 {
			s.placesOff++
		}
		for _, i := range p.Intervals {
			switch i.Mode {
			case off.String():
				if who := shortARN(i.Event.Actor); !slices.Contains(s.by, who) {
					s.by = append(s.by, who)
				}
			case unknown.String():
				s.unknown += int64(i.Until - i.From)
				s.byReason[i.Reason] += int64(i.Until - i.From)
			}
		}
		for _, o := range p.Overrides {
			if slices.ContainsFunc(o.Intervals, func(i Interval) bool { return i.Mode == off.String() }) {
				s.overridesOff++
			}
		}
	}
	slices.Sort(s.by)
	return s
}

// why says of how much time why it is unknown.
func (s sum) why() []string {
	var all []string
	for _, r := range []Reason{Gap, Start, Conflict, Omitted, Unclear} {
		if s.byReason[r] > 0 {
			all = append(all, duration(s.byReason[r])+" "+r.Words())
		}
	}
	return all
}

// Words say why a mode is what it is, as the end of a sentence.
func (r Reason) Words() string {
	switch r {
	case Set:
		return "because it was set"
	case Deleted:
		return "because the value was deleted"
	case Start:
		return "before the first record"
	case Gap:
		return "because logs are missing, damaged or late"
	case Conflict:
		return "because records of one second contradict each other"
	case Omitted:
		return "because the record has no value"
	case Unclear:
		return "because the record does not say whose value it is"
	}
	return string(r)
}

// shortARN is the end of an ARN, which names the user or role.
func shortARN(arn string) string {
	if strings.HasPrefix(arn, "arn:") {
		return arn[strings.LastIndexByte(arn, ':')+1:]
	}
	return arn
}

func (t Time) words() string { return time.Unix(int64(t), 0).UTC().Format("2006-01-02 15:04:05Z") }

// duration is a time in its two largest units.
func duration(seconds int64) string {
	units := []struct {
		name   string
		length int64
	}{{"d", 24 * hour}, {"h", hour}, {"min", minute}, {"s", 1}}
	var parts []string
	for _, u := range units {
		if n := seconds / u.length; n > 0 && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%s %s", grouped(n), u.name))
		} else if len(parts) > 0 {
			break
		}
		seconds %= u.length
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

// Duration is how long an interval is.
func (i Interval) Duration() string { return duration(int64(i.Until - i.From)) }

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return grouped(int64(n)) + " " + what
}

func was(n int, what string) string {
	if n == 0 {
		return "no " + what + " was"
	}
	if n == 1 {
		return count(n, what) + " was"
	}
	return count(n, what) + " were"
}

// list is some of many, as in a sentence.
func list(all []string) string {
	const most = 5
	if len(all) > most {
		return strings.Join(all[:most], ", ") + " and " + count(len(all)-most, "other")
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
