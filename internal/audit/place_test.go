package audit

import (
	"fmt"
	"strings"
	"testing"
)

// TestTrailsThatStop: while the trail did not log, nothing is known.
func TestTrailsThatStop(t *testing.T) {
	b := newBucket(t)
	call := func(id, at, name, trail string) record {
		return b.record(id, at, "cloudtrail", name, map[string]any{"name": trail}, nil)
	}
	selectors := func(id, at string, request map[string]any) record {
		request["trailName"] = "main"
		return b.record(id, at, "cloudtrail", "PutEventSelectors", request, nil)
	}
	update := func(id, at string, all bool) record {
		return b.record(id, at, "cloudtrail", "UpdateTrail", map[string]any{"name": "main", "isMultiRegionTrail": all}, nil)
	}
	advanced := func(fields ...any) map[string]any {
		return map[string]any{"advancedEventSelectors": []any{map[string]any{"fieldSelectors": fields}}}
	}
	management := map[string]any{"field": "eventCategory", "equals": []any{"Management"}}
	const arn = "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main"
	on := b.put("on", "08:00", "enabled")
	const sound = "on 08:00-19:00 set on"
	tests := []struct {
		name    string
		digests bool // of a trail main
		records []record
		want    string
	}{
		{"stopped", false, []record{on, call("a", "10:00", "StopLogging", "main")}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"stopped and started", false, []record{on, call("a", "10:00", "StopLogging", "main"), call("b", "11:00", "StartLogging", arn), b.put("on2", "12:00", "enabled")},
			"on 08:00-10:00 set on, unknown 10:00-12:00 gap, on 12:00-19:00 set on2"},
		{"a record while it was stopped", false, []record{on, call("a", "10:00", "StopLogging", "main"), call("b", "11:00", "StartLogging", "main"), b.put("c", "10:30", "enabled")},
			"on 08:00-10:00 set on, unknown 10:00-10:30 gap, on 10:30-10:30:01 set c, unknown 10:30:01-19:00 gap"},
		{"deleted", false, []record{on, call("a", "10:00", "DeleteTrail", arn)}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"started in the same second", false, []record{on, call("a", "10:00", "StopLogging", "main"), call("b", "10:00", "StartLogging", "main")}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"another was started", false, []record{on, call("a", "10:00", "StopLogging", "main"), call("b", "11:00", "StartLogging", "second")}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"failed", false, []record{on, call("a", "10:00", "StopLogging", "main").with(record{"errorCode": "AccessDenied"})}, sound},
		{"the one with digests", true, []record{on, call("a", "10:00", "StopLogging", arn)}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"one without digests", true, []record{on, call("a", "10:00", "StopLogging", "second")}, sound},
		{"read-only", false, []record{on, selectors("a", "10:00", map[string]any{"eventSelectors": []any{map[string]any{"readWriteType": "ReadOnly", "includeManagementEvents": true}}})}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"no management events", false, []record{on, selectors("a", "10:00", map[string]any{"eventSelectors": []any{map[string]any{"readWriteType": "All", "includeManagementEvents": false}}})}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"all, KMS left out", false, []record{on, selectors("a", "10:00", map[string]any{"eventSelectors": []any{map[string]any{"readWriteType": "All", "includeManagementEvents": true, "excludeManagementEventSources": []any{"kms.amazonaws.com"}}}})}, sound},
		{"one of two", false, []record{on, selectors("a", "10:00", map[string]any{"eventSelectors": []any{map[string]any{"readWriteType": "ReadOnly"}, map[string]any{"readWriteType": "WriteOnly"}}})}, sound},
		{"narrowed, and again all", false, []record{on, selectors("a", "10:00", map[string]any{"eventSelectors": []any{}}), selectors("b", "11:00", map[string]any{"eventSelectors": []any{map[string]any{}}}), b.put("on2", "12:00", "enabled")},
			"on 08:00-10:00 set on, unknown 10:00-12:00 gap, on 12:00-19:00 set on2"},
		{"advanced, all management events", false, []record{on, selectors("a", "10:00", advanced(management))}, sound},
		{"advanced, KMS left out", false, []record{on, selectors("a", "10:00", advanced(management, map[string]any{"field": "eventSource", "notEquals": []any{"kms.amazonaws.com"}}))}, sound},
		{"advanced, ECS left out", false, []record{on, selectors("a", "10:00", advanced(management, map[string]any{"field": "eventSource", "notEquals": []any{"ecs.amazonaws.com"}}))}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"advanced, reading only", false, []record{on, selectors("a", "10:00", advanced(management, map[string]any{"field": "readOnly", "equals": []any{"true"}}))}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"advanced, data events only", false, []record{on, selectors("a", "10:00", advanced(map[string]any{"field": "eventCategory", "equals": []any{"Data"}}))}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"left out as too large", false, []record{on, selectors("a", "10:00", map[string]any{"omitted": true})}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"one Region only, this one", false, []record{on, update("a", "10:00", false)}, sound},
		{"one Region only, another", false, []record{on, update("a", "10:00", false).with(record{"awsRegion": east})}, "on 08:00-10:00 set on, unknown 10:00-19:00 gap"},
		{"one Region, then all", false, []record{on, update("a", "10:00", false).with(record{"awsRegion": east}), update("b", "11:00", true).with(record{"awsRegion": east}), b.put("on2", "12:00", "enabled")},
			"on 08:00-10:00 set on, unknown 10:00-12:00 gap, on 12:00-19:00 set on2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBucket(t)
			b.log("08:00")
			key := b.log("20:00", test.records...)
			if test.digests {
				b.digest("20:00", key)
				b.digest("19:00")
				for _, end := range []string{"08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00", "18:00"} {
					b.digest(end)
				}
				b.digest("21:00", key)
				test.want = strings.ReplaceAll(test.want, "-19:00", "-20:00")
			}
			p := b.audit(Options{Scope: Scope{Regions: []string{west}, Since: at(t, "08:00")}}).Places[0]
			if got := short(p.Intervals); got != test.want {
				t.Errorf("the default was\n     %s\nwant %s", got, test.want)
			}
		})
	}
}

func at(t testing.TB, text string) *Time {
	t.Helper()
	when := Time(clock(t, text).Unix())
	return &when
}

// TestAnOrganizationsTrailStops: it is stopped in the account that manages it.
func TestAnOrganizationsTrailStops(t *testing.T) {
	const manager = "999988887777"
	for _, folder := range []string{"AWSLogs/", "AWSLogs/o-abc/"} {
		b := newBucket(t)
		b.log("08:00", b.put("on", "08:00", "enabled"))
		key := b.log("20:00")
		b.logIn(place{manager, west}, "10:05", b.record("a", "10:00", "cloudtrail", "StopLogging", map[string]any{"name": "main"}, nil).with(record{"recipientAccountId": manager}))
		digest := b.digest("21:00", key)
		moved := strings.Replace(digest, "AWSLogs/", folder, 1)
		b.files[moved] = b.files[digest]
		if moved != digest {
			delete(b.files, digest)
		}
		want := map[string]string{"AWSLogs/": "on 08:00-20:00 set on", "AWSLogs/o-abc/": "on 08:00-10:00 set on, unknown 10:00-20:00 gap"}[folder]
		p := b.audit(Options{Scope: Scope{Accounts: []string{account, manager}}}).Places[0]
		if got := short(p.Intervals); got != want {
			t.Errorf("digests in %s: the member's default was %s, want %s", folder, got, want)
		}
	}
}

func TestLaunchesWhileOff(t *testing.T) {
	b := newBucket(t)
	b.log("08:00", b.put("on", "08:00", "enabled"))
	b.log("20:00",
		b.put("off", "10:00", "disabled"), b.put("on2", "11:00", "enabled"), b.put("off2", "12:00", "disabled"), b.put("on3", "12:00:30", "enabled"),
		b.run("before", "09:59:59", 100),
		b.run("a", "10:00", 1), // both ends of the period count
		b.run("b", "10:30", 2),
		b.run("c", "11:00", 4),
		b.run("after", "11:00:01", 100),
		b.run("d", "12:00:30", 8),
		b.run("e", "10:40", 1).with(record{"responseElements": map[string]any{"tasks": []any{
			map[string]any{"launchType": "EC2"}, map[string]any{"launchType": "EXTERNAL"}, map[string]any{"launchType": "MANAGED_INSTANCES"}, map[string]any{"group": "service:web"}}}}), // 1
		b.run("f", "10:41", 1).with(record{"responseElements": nil}),                                                                   // 1, though the answer is missing
		b.run("g", "10:42", 1).with(record{"responseElements": nil, "requestParameters": map[string]any{"launchType": "EC2"}}),         // 0
		b.run("h", "10:43", 1).with(record{"responseElements": map[string]any{"tasks": []any{}, "failures": []any{map[string]any{}}}}), // 0
		b.run("i", "10:44", 16).with(record{"eventName": "StartTask"}),
		b.run("j", "10:45", 100).with(record{"errorCode": "ClientException"}),
	)
	a := b.audit(Options{})
	p := only(t, a)
	if p.LaunchesWhileOff != 1+2+4+8+1+1+16 || p.Off != (Off{2, 3630}) || a.Status() != 1 {
		t.Errorf("%d launches while off, %+v, status %d; want 33, 2 periods of 3630 s, 1", p.LaunchesWhileOff, p.Off, a.Status())
	}
	if got, want := fmt.Sprint(p.Launched), "[{web:1 family:web 31} {web  1} {web service:web 1}]"; got != want {
		t.Errorf("launched %s, want %s", got, want)
	}
	var each []int
	for _, i := range p.Intervals {
		each = append(each, i.Launched)
	}
	if got, want := fmt.Sprint(each), "[0 25 0 8 0]"; got != want {
		t.Errorf("the intervals have %s launches, want %s", got, want)
	}
	since := b.audit(Options{Scope: Scope{Since: at(t, "10:31"), Until: at(t, "12:00:10")}})
	if p := only(t, since); p.LaunchesWhileOff != 4+1+1+16 || short(p.Intervals) != "off 10:31-11:00 set off, on 11:00-12:00 set on2, off 12:00-12:00:10 set off2" {
		t.Errorf("from 10:31 to 12:00:10: %d launches, %s", p.LaunchesWhileOff, short(p.Intervals))
	}
}

func TestPlaces(t *testing.T) {
	b := newBucket(t)
	b.log("08:00", b.put("on", "08:00", "enabled"), b.run("r", "07:50", 1).with(record{"recipientAccountId": "444455556666", "awsRegion": east}))
	b.log("20:00")
	b.digestIn(place{account, east}, "main", "", "10:00")
	b.logIn(place{account, "us-east-1"}, "09:00", b.put("x", "09:00", "disabled").with(record{"awsRegion": "us-east-1"}))
	b.digestIn(place{"777788889999", west}, "main", "", "10:00")
	b.files["777788889999_CloudTrail-Digest_us-gov-east-1_main_us-gov-west-1_20261120T100000Z.json.gz"] = zipped(t, []byte("{}"))
	for _, skipped := range []string{"AWSLogs/1/CloudTrail-Insight/111122223333_CloudTrail-Insight_us-gov-west-1_20261120T1000Z_x.json.gz", "AWSLogs/other.json",
		"111122223333_Config_us-gov-west-1_ConfigSnapshot_x.json.gz", "x.log.gz", ".hidden.json", "README"} {
		b.files[skipped] = []byte("?")
	}
	b.files["other.json"] = text(t, b.put("y", "09:30", "disabled").with(record{"recipientAccountId": nil, "userIdentity": map[string]any{"accountId": "123123123123"}}))
	a := b.audit(Options{Thorough: true})
	var got []string
	for _, p := range a.Places {
		got = append(got, fmt.Sprintf("%s %s: %s", p.Account, p.Region, short(p.Intervals)))
	}
	want := []string{
		"111122223333 us-gov-east-1: ", // only an hour of digests: what happened in it may come later
		"111122223333 us-gov-west-1: on 08:00-19:00 set on",
		"123123123123 us-gov-west-1: off 09:30-09:30:01 set y",
		"444455556666 us-gov-east-1: ",
		"777788889999 us-gov-west-1: ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("places\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if a.Files.Read != 4 || a.Files.Skipped != 8 || len(a.Files.Faulty) != 1 {
		t.Errorf("files %+v, want 4 read, 8 skipped, 1 faulty", a.Files)
	}
	if a.Records == nil || *a.Records != 4 {
		t.Errorf("records %v, want 4", a.Records)
	}
}

// TestMissingDeliveries: hours without a digest, between the first and the last.
func TestMissingDeliveries(t *testing.T) {
	b := newBucket(t)
	key := b.log("06:05", b.put("on", "06:00", "enabled"))
	b.digest("07:00", key)
	b.digest("08:00")
	b.digest("11:00")
	b.digestIn(place{account, west}, "main", "_backfill", "10:00") // proves no window
	b.digest("12:00")
	b.digest("13:00")
	p := only(t, b.audit(Options{Keys: keysOf(signingKey())}))
	if got, want := short(p.Intervals), "on 06:00-07:00 set on, unknown 07:00-12:00 gap"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if want := (Trust{4, 2, 0, 0}); p.Trust != want {
		t.Errorf("trust %+v, want %+v", p.Trust, want)
	}
}

func TestScope(t *testing.T) {
	d := newDay(t)
	d.logIn(place{"444455556666", west}, "09:00")
	d.digestIn(place{account, east}, "main", "", "10:00")
	late := d.log("23 10:00", d.put("late", "08:00", "disabled"))
	d.digest("23 11:00", late)
	opened := func(s Scope) int {
		var files []File
		for key := range d.files {
			files = append(files, File{Path: key, From: d})
		}
		p := NewPlan(files, s)
		return len(p.Logs) + len(p.Digests)
	}
	all := len(d.files)
	tests := []struct {
		name  string
		scope Scope
		left  int // unopened
	}{
		{"all", Scope{}, 0},
		{"an account", Scope{Accounts: []string{account}}, 1},
		{"a Region, and the trails' home", Scope{Accounts: []string{account}, Regions: []string{east}}, 1},
		{"a Region where no trail has its home", Scope{Accounts: []string{account}, Regions: []string{west}}, 2},
		{"until", Scope{Until: at(t, "10:00")}, 2},
		{"since", Scope{Since: at(t, "12:00")}, 0}, // the mode of a time comes from before it
	}
	for _, test := range tests {
		if got := all - opened(test.scope); got != test.left {
			t.Errorf("%s: %d files are left unopened, want %d", test.name, got, test.left)
		}
	}
	until := at(t, "10:00")
	p := d.audit(Options{Keys: keysOf(signingKey()), Scope: Scope{Accounts: []string{account}, Regions: []string{west}, Since: at(t, "07:30"), Until: until}})
	if got, want := short(only(t, p).Intervals), "on 07:30-10:00 set on"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if none := d.audit(Options{Scope: Scope{Accounts: []string{account}, Since: at(t, "28 10:00")}}); none.Status() != 2 {
		t.Error("a time behind all files is a pass")
	}
}
