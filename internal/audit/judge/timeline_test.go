package judge

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The logs of 10:00 and 14:00 say nothing. With them a place goes from 10:00
// to 13:00, one hour before the latest delivery.
func quiet(t *testing.T) *folder {
	f := newFolder(t)
	f.log("10:00")
	f.log("14:00")
	return f
}

func TestModes(t *testing.T) {
	user := "arn:aws-us-gov:iam::" + accountA + ":user/bob"
	for name, c := range map[string]struct {
		records []object
		want    []string
	}{
		"no record: unknown, start, and the range ends one hour before the latest T": {
			want: []string{"default 10:00:00 13:00:00 unknown start -", "place 10:00:00 13:00:00", "span 10:00:00 13:00:00", "status 2", "override"},
		},
		"on from its record": {
			records: []object{set("1", "10:30", "enabled")},
			want:    []string{"default 10:00:00 10:30:00 unknown start -", "default 10:30:00 13:00:00 on set 1", "status 2", "off 0 0"},
		},
		"on since before the first T: the range begins with the record": {
			records: []object{set("1", "09:30", "enabled")},
			want:    []string{"default 09:30:00 13:00:00 on set 1", "status 0"},
		},
		"a record behind Z - 1 h: the range ends one second later": {
			records: []object{set("1", "10:00", "enabled"), set("2", "13:20", "ON")},
			want:    []string{"default 10:00:00 13:00:00 on set 1", "default 13:00:00 13:20:00 unknown gap -", "default 13:20:00 13:20:01 on set 2", "place 10:00:00 13:20:01"},
		},
		"off wins over unknown": {
			records: []object{set("1", "10:30", "disabled"), set("2", "10:45", "enabled")},
			want:    []string{"default 10:00:00 10:30:00 unknown start -", "default 10:30:00 10:45:00 off set 1", "default 10:45:00 13:00:00 on set 2", "status 1", "off 1 900"},
		},
		"equal modes are one interval, with the first second's event": {
			records: []object{set("1", "10:00", "enabled"), set("2", "11:00", "on"), set("3", "12:00", "Enabled")},
			want:    []string{"default 10:00:00 13:00:00 on set 1", "status 0"},
		},
		"two off intervals": {
			records: []object{set("1", "10:00", "off"), set("2", "10:10", "on"), set("3", "10:20", "x"), set("4", "10:20:05", "on")},
			want: []string{"default 10:00:00 10:10:00 off set 1", "default 10:10:00 10:20:00 on set 2", "default 10:20:00 10:20:05 off set 3", "default 10:20:05 13:00:00 on set 4",
				"off 2 605"},
		},
		"on and off in one second: off for that second, then unknown": {
			records: []object{set("1", "10:00", "enabled"), set("2", "10:00", "disabled")},
			want:    []string{"default 10:00:00 10:00:01 off set 2", "default 10:00:01 13:00:00 unknown conflict 1"},
		},
		"on and unknown in one second: unknown": {
			records: []object{set("1", "10:00", "enabled"), with(with(set("2", "10:00", ""), "requestParameters.value", nil), "responseElements", nil)},
			want:    []string{"default 10:00:00 13:00:00 unknown conflict 1"},
		},
		"two that agree: the least eventID": {
			records: []object{set("2", "10:00", "enabled"), set("10", "10:00", "enabled")},
			want:    []string{"default 10:00:00 13:00:00 on set 10"},
		},
		"deleted says off for the default": {
			records: []object{with(remove("1", "10:00"), "userIdentity.type", "Root")},
			want:    []string{"default 10:00:00 13:00:00 off deleted 1", "status 1"},
		},
		"deleted and off agree; the reason is the event's": {
			records: []object{with(remove("2", "10:00"), "userIdentity.type", "Root"), set("1", "10:00", "off")},
			want:    []string{"default 10:00:00 13:00:00 off set 1"},
		},
		"omitted and unclear agree": {
			records: []object{
				with(setOwn("2", "10:00", "enabled"), "userIdentity.type", "FederatedUser"),
				with(with(set("1", "10:00", ""), "requestParameters", nil), "responseElements", nil),
			},
			want: []string{"default 10:00:00 13:00:00 unknown omitted 1", "status 2"},
		},
		"an override's own timeline: none before, none when deleted": {
			records: []object{setOwn("1", "10:30", "disabled"), remove("2", "11:00"), setOwn("3", "12:00", "enabled")},
			want: []string{"override role/Admin 10:30:00 11:00:00 off set 1", "override role/Admin 12:00:00 13:00:00 on set 3",
				"default 10:00:00 13:00:00 unknown start -", "off 0 0", "status 1"},
		},
		"an override that is deleted and set in one second": {
			records: []object{setOwn("1", "10:00", "enabled"), setOwn("3", "11:00", "enabled"), remove("2", "11:00")},
			want:    []string{"override role/Admin 10:00:00 11:00:00 on set 1", "override role/Admin 11:00:00 13:00:00 unknown conflict 2"},
		},
		"an override that is deleted and set off in one second": {
			records: []object{setOwn("3", "11:00", "disabled"), remove("2", "11:00")},
			want:    []string{"override role/Admin 11:00:00 11:00:01 off set 3", "override role/Admin 11:00:01 13:00:00 unknown conflict 2"},
		},
		"overrides by principal; a deletion alone is none": {
			records: []object{
				with(setOwn("1", "10:00", "on"), "requestParameters.principalArn", user),
				setOwn("2", "10:00", "on"),
				with(remove("3", "10:00"), "requestParameters.principalArn", "arn:aws-us-gov:iam::"+accountA+":user/alice"),
			},
			want: []string{"override role/Admin 10:00:00 13:00:00 on set 2", "override user/bob 10:00:00 13:00:00 on set 1"},
		},
		"an unknown override is no failure of its own": {
			records: []object{set("1", "10:00", "on"), with(with(setOwn("2", "10:00", ""), "requestParameters.value", nil), "responseElements", nil)},
			want:    []string{"override role/Admin 10:00:00 13:00:00 unknown omitted 2", "default 10:00:00 13:00:00 on set 1", "status 0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.log("13:30", c.records...)
			f.holds(c.want...)
		})
	}
}

// TestHoles plants holes by files that are gone or broken.
func TestHoles(t *testing.T) {
	stop, start := trail("s", "11:00", "StopLogging", "main"), trail("t", "11:30", "StartLogging", "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main")
	for name, c := range map[string]struct {
		records []object
		want    []string
	}{
		"unknown from the hole's start until the next record behind it": {
			records: []object{set("1", "10:00", "on"), stop, start, set("2", "12:00", "on")},
			want:    []string{"default 10:00:00 11:00:00 on set 1", "default 11:00:00 12:00:00 unknown gap -", "default 12:00:00 13:00:00 on set 2"},
		},
		"a record in the hole proves its own second": {
			records: []object{set("1", "10:00", "on"), stop, start, set("2", "11:10", "on")},
			want: []string{"default 10:00:00 11:00:00 on set 1", "default 11:00:00 11:10:00 unknown gap -", "default 11:10:00 11:10:01 on set 2",
				"default 11:10:01 13:00:00 unknown gap -"},
		},
		"a record in the hole's last second": {
			records: []object{set("1", "10:00", "on"), stop, start, set("2", "11:29:59", "on")},
			want: []string{"default 10:00:00 11:00:00 on set 1", "default 11:00:00 11:29:59 unknown gap -", "default 11:29:59 11:30:00 on set 2",
				"default 11:30:00 13:00:00 unknown gap -"},
		},
		"a record at the hole's end is behind it": {
			records: []object{stop, start, set("2", "11:30", "on")},
			want:    []string{"default 10:00:00 11:30:00 unknown start -", "default 11:30:00 13:00:00 on set 2"},
		},
		"a record where the hole begins": {
			records: []object{stop, start, set("2", "11:00", "on")},
			want:    []string{"default 10:00:00 11:00:00 unknown start -", "default 11:00:00 11:00:01 on set 2", "default 11:00:01 13:00:00 unknown gap -"},
		},
		"an override that was deleted stays none; one that was set becomes unknown": {
			records: []object{
				setOwn("1", "10:00", "on"), remove("2", "10:30"),
				with(setOwn("3", "10:30", "on"), "requestParameters.principalArn", "arn:aws-us-gov:iam::"+accountA+":user/bob"), stop, start,
			},
			want: []string{"override role/Admin 10:00:00 10:30:00 on set 1", "override user/bob 10:30:00 11:00:00 on set 3", "override user/bob 11:00:00 13:00:00 unknown gap -"},
		},
		"before the first record there is no gap, but start": {
			records: []object{stop},
			want:    []string{"default 10:00:00 13:00:00 unknown start -"},
		},
		"a conflict in a hole becomes a gap": {
			records: []object{set("1", "10:30", "on"), set("2", "10:30", "off"), stop},
			want: []string{"default 10:00:00 10:30:00 unknown start -", "default 10:30:00 10:30:01 off set 2",
				"default 10:30:01 13:00:00 unknown conflict 1"}, // one stretch of unknown: its first second counts
		},
		"DeleteTrail, and no StartLogging: without end": {
			records: []object{set("1", "10:00", "on"), with(trail("s", "11:00", "DeleteTrail", "main"), "x", 1)},
			want:    []string{"default 10:00:00 11:00:00 on set 1", "default 11:00:00 13:00:00 unknown gap -"},
		},
		"another trail's StartLogging does not end it": {
			records: []object{set("1", "10:00", "on"), stop, trail("t", "11:30", "StartLogging", "other"), set("2", "12:00", "on")},
			want: []string{"default 10:00:00 11:00:00 on set 1", "default 11:00:00 12:00:00 unknown gap -", "default 12:00:00 12:00:01 on set 2",
				"default 12:00:01 13:00:00 unknown gap -"},
		},
		"without digests any trail's StopLogging counts": {
			records: []object{set("1", "10:00", "on"), trail("s", "11:00", "StopLogging", "whatever")},
			want:    []string{"default 10:00:00 11:00:00 on set 1", "default 11:00:00 13:00:00 unknown gap -"},
		},
		"a StopLogging that failed is none": {
			records: []object{set("1", "10:00", "on"), with(trail("s", "11:00", "StopLogging", "main"), "errorCode", "AccessDenied")},
			want:    []string{"default 10:00:00 13:00:00 on set 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.log("13:30", c.records...)
			f.holds(c.want...)
		})
	}
}

func TestStopLoggingIsAHoleInAllRegionsOfTheAccount(t *testing.T) {
	f := quiet(t)
	f.write(logKey(east, "10:00"), zip(plainLog(t, with(set("1", "10:00", "on"), "awsRegion", east))))
	f.write(logKey(east, "14:00"), zip(plainLog(t)))
	f.log("12:00", trail("s", "11:00", "StopLogging", "main"))
	f.holds(east+" default 10:00:00 11:00:00 on set 1", east+" default 11:00:00 13:00:00 unknown gap -", "default 10:00:00 13:00:00 unknown start -")
}

func TestWithDigestsOnlyTheirTrailsCount(t *testing.T) {
	f := newFolder(t)
	f.digest(west, "10:00", "14:00", item{"11:00", "10:00", "12:30", []object{
		set("1", "10:00", "on"), trail("s", "11:00", "StopLogging", "other"), trail("t", "12:00", "StopLogging", "main"), trail("u", "12:30", "StartLogging", "main"),
	}})
	f.holds("default 10:00:00 12:00:00 on set 1", "default 12:00:00 13:00:00 unknown gap -")
}

func TestSinceAndUntilCut(t *testing.T) {
	for name, c := range map[string]struct {
		since, until string
		want         []string
	}{
		"since":                {since: "10:30", want: []string{"default 10:30:00 10:45:00 off set 1", "default 10:45:00 13:00:00 on set 2", "off 1 900", "status 1", "launches 1"}},
		"since the off period": {since: "10:45", want: []string{"default 10:45:00 13:00:00 on set 2", "off 0 0", "status 0", "launches 0", "hours 0 3"}},
		"until":                {until: "10:40", want: []string{"default 10:00:00 10:40:00 off set 1", "off 1 2400", "launches 0", "hours 0 1"}},
		"both":                 {since: "10:10", until: "10:20", want: []string{"default 10:10:00 10:20:00 off set 1", "off 1 600", "span 10:10:00 10:20:00"}},
		"until cannot be moved behind, since not before": {since: "09:00", until: "15:00", want: []string{"span 10:00:00 13:00:00"}},
		"nothing is left": {since: "13:00", want: []string{"default", "status 2", "hours 0 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := quiet(t)
			f.log("13:30", set("1", "10:00", "off"), set("2", "10:45", "on"), runTask("3", "10:45", object{}))
			if c.since != "" {
				f.options.Since = stamp(c.since)
			}
			if c.until != "" {
				f.options.Until = stamp(c.until)
			}
			f.holds(c.want...)
		})
	}
}

func TestNeverBeforeFrom(t *testing.T) {
	f := newFolder(t)
	f.log("10:00")
	f.holds("place 10:00:00 10:00:00", "default", "status 2", "hours 0 0")
}

func TestAPlaceWithoutDeliveriesKnowsOnlyTheSecondsOfItsRecords(t *testing.T) {
	f := newFolder(t)
	f.write("records.json", plainLog(t, set("1", "10:00", "on"), set("2", "11:00", "on")))
	f.holds("default 10:00:00 10:00:01 on set 1", "default 10:00:01 11:00:00 unknown gap -", "default 11:00:00 11:00:01 on set 2", "place 10:00:00 11:00:01")
}

// TestIntervalsAreWhatEverySecondSays holds the short way of intervals, which
// looks only at the seconds where the mode can change, against the long way.
func TestIntervalsAreWhatEverySecondSays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const until = 60
	var every []second
	for s := range second(until) {
		every = append(every, s)
	}
	for n := range 3000 {
		l := timeline{override: n%2 == 0}
		for range random.IntN(6) {
			says := []string{"on", "off", "unknown", "deleted"}[random.IntN(4)]
			if says == "deleted" && !l.override {
				says = "off"
			}
			l.records = append(l.records, &record{at: second(random.IntN(until)), id: string(rune('a' + random.IntN(26))), says: says, reason: says})
		}
		for range random.IntN(4) {
			from := second(random.IntN(until + 10))
			l.holes = append(l.holes, hole{from, from + second(random.IntN(15))})
		}
		from := second(random.IntN(20))
		if got, want := l.intervals(from, until), l.stretches(every, from, until); !slices.EqualFunc(got, want, same) {
			t.Fatalf("timeline %d: %v, second by second %v", n, got, want)
		}
	}
}

func same(a, b Interval) bool {
	sameEvent := a.Event == nil && b.Event == nil || a.Event != nil && b.Event != nil && *a.Event == *b.Event
	a.Event, b.Event = nil, nil
	return a == b && sameEvent
}
