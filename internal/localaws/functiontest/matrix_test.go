package functiontest

import (
	"bytes"
	"context"
	"crypto/fips140"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/lambda"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestMatrix plays each call that a function makes at fault, at each way in,
// with each policy, on the functions as they are built:
//   - where ECS takes the write in the end, FIPS mode is on in time;
//   - nowhere is "fixed" said that was not read;
//   - what is not done or not reported is an error that reaches Lambda, in time.
func TestMatrix(t *testing.T) {
	if fips140.Enforced() {
		t.Skip("the binaries run no other way under fips140=only of the tests")
	}
	binaries := map[string]string{
		product.Enforcer: Build(t, "fipsguard/functions/enforcer"),
		product.Verifier: Build(t, "fipsguard/functions/verifier"),
	}
	cells := allCells(madeCalls(t, binaries))
	selected := cells
	if !*full {
		selected = pairwise(cells)
	}
	t.Logf("%d cells of %d", len(selected), len(cells))
	var mu sync.Mutex
	var late []cell
	t.Run("side by side", func(t *testing.T) {
		for _, c := range selected {
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel()
				r := play(t, binaries, c, toTheEnd)
				r.isRight(t)
				if !r.inTime() {
					mu.Lock()
					late = append(late, c)
					mu.Unlock()
				}
			})
		}
	})
	// What the machine's load explains passes alone. A scan that something hangs
	// goes on for a minute afterwards, which tells nothing more.
	for _, c := range late {
		if r := play(t, binaries, c, untilItIsOn); !r.inTime() {
			t.Errorf("%s: FIPS mode is on after %s, want %s\n%s", c, r.took, r.within(), r.printed)
		}
	}
}

// madeCalls are the calls that each entry makes, as they were recorded.
func madeCalls(t *testing.T, binaries map[string]string) map[string][]string {
	made := map[string][]string{}
	for name := range entries {
		r := play(t, binaries, cell{entry: name, policy: "faulty"}, toTheEnd)
		r.isRight(t)
		made[name] = r.calls
		t.Logf("%s calls %s", name, strings.Join(r.calls, ", "))
	}
	return made
}

// result is what became of a cell.
type result struct {
	cell
	took      time.Duration // until FIPS mode was on; 0 if it never was
	err       error         // that reached Lambda
	told      string        // CloudFormation
	alerts    []localaws.Message
	reports   []evidence.Document
	calls     []string // of the guard
	printed   string
	isOnAtEnd bool
}

// The enforcer may work for a minute, as the stack has it. The verifier may
// work for fifteen; what hangs has been given up long before.
const (
	enforcerTime = time.Minute
	verifierTime = 3 * time.Minute
)

// howFar is how far a cell is played.
type howFar int

const (
	toTheEnd    howFar = iota
	untilItIsOn        // until FIPS mode is on
)

// play lets someone turn FIPS mode off, and a function answer.
func play(t *testing.T, binaries map[string]string, c cell, far howFar) result {
	e := entries[c.entry]
	most := enforcerTime
	if e.function == product.Verifier {
		most = verifierTime
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	on := make(chan time.Time, 10)
	people := localaws.Everyone()
	w := New(t, localaws.Options{Observe: func(a localaws.Activity) {
		if a.Call != nil && a.Call.Operation == turnOn && a.Call.Principal == people.Guard && a.Call.ErrorCode == "" {
			select {
			case on <- time.Now():
			default:
			}
			if far == untilItIsOn {
				cancel()
			}
		}
	}})
	if c.entry == "scan" {
		runTask(t, w)
	}
	off := ecs.PutAccountSettingDefaultInput{Name: guard.SettingName, Value: aws.String("disabled")}
	if _, err := w.Admin.PutAccountSettingDefault(t.Context(), &off); err != nil {
		t.Fatal(err)
	}
	events := w.Events()
	if f := faults[c.fault].Fault; c.dependency != "" {
		f.Operation, f.Caller = c.dependency, people.Guard.AccessKeyID
		w.Inject(f)
	}
	told := make(chan string, 1)
	cloudFormation := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told <- string(body)
	}))
	defer cloudFormation.Close()

	began := time.Now()
	if err := w.WriteParameter(Region, product.PolicyParameter, policies[c.policy]); err != nil {
		t.Fatal(err)
	}
	f := w.Start(t, e.function, binaries[e.function])
	inTime, stop := context.WithTimeout(ctx, most)
	defer stop()
	_, err := f.Invoke(inTime, e.event(events[len(events)-1], cloudFormation.URL))
	r := result{cell: c, err: err, alerts: w.Published(), printed: f.Printed(), isOnAtEnd: w.Mode(t) == "enabled"}
	select {
	case at := <-on:
		r.took = at.Sub(began)
	default:
	}
	select {
	case r.told = <-told:
	default:
	}
	r.reports = reports(t, w)
	r.calls = callsOf(w, people.Guard)
	return r
}

const (
	turnOn  = "ecs:PutAccountSettingDefault"
	write   = "PutAccountSettingDefault"
	read    = "ListAccountSettings"
	publish = "Publish"
)

// runTask runs a task whose kernel can be read.
func runTask(t *testing.T, w *World) {
	t.Helper()
	_, err := w.Admin.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("web"), RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("x")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Admin.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String("web"), DesiredCount: aws.Int32(1),
		LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: true,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
}

// earlier is an event that happened some time before.
func earlier(event []byte, by time.Duration) []byte {
	var e struct {
		Detail struct {
			EventTime time.Time `json:"eventTime"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return nil
	}
	was := e.Detail.EventTime.UTC()
	return bytes.ReplaceAll(event, []byte(was.Format(time.RFC3339)), []byte(was.Add(-by).Format(time.RFC3339)))
}

// reports are what was kept.
func reports(t *testing.T, w *World) []evidence.Document {
	var found []evidence.Document
	for _, o := range w.Objects(Bucket) {
		if !strings.HasPrefix(o.Key, "reports/") || !strings.HasSuffix(o.Key, "Z.json") {
			continue
		}
		document, err := evidence.Read(bytes.NewReader(o.Body))
		if err != nil {
			t.Fatalf("%s: %v", o.Key, err)
		}
		found = append(found, document)
	}
	return found
}

// callsOf are the operations that someone called, without their services.
func callsOf(w *World, p localaws.Principal) []string {
	made := map[string]bool{}
	for _, call := range w.Calls() {
		if call.Principal == p {
			_, operation, _ := strings.Cut(call.Operation, ":")
			made[operation] = true
		}
	}
	return slices.Sorted(maps.Keys(made))
}

// isAtFault reports whether a call never did what it should.
func (r result) isAtFault(dependency string) bool {
	return r.dependency == dependency && faults[r.fault].taken == 0
}

// within is how soon FIPS mode has to be on; 0 where ECS never takes the write.
func (r result) within() time.Duration {
	if r.dependency != write {
		return atOnceOn
	}
	return faults[r.fault].taken
}

func (r result) inTime() bool { return r.within() == 0 || r.took > 0 && r.took <= r.within() }

// done is how logs, alerts and reports say that something is fixed.
var done = regexp.MustCompile(`"result": ?"DONE"`)

// isRight holds a cell against what has to be true of all.
func (r result) isRight(t *testing.T) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf(format+"\nLambda got: %v\nlog:\n%s", append(args, r.err, r.printed)...)
	}
	if r.within() > 0 != r.isOnAtEnd {
		fail("in the end FIPS mode is on: %t", r.isOnAtEnd)
	}
	if !r.isOnAtEnd || r.isAtFault(read) {
		r.claimsNothing(fail)
	}
	var failed *lambda.Error
	if r.err != nil && !errors.As(r.err, &failed) {
		fail("the function does not answer in time")
	}
	if r.dependency == publish && !r.isAtFault(publish) && r.mustTell() && !slices.ContainsFunc(r.alerts, isAboutTheSetting) {
		fail("SNS answers in the end, and was given up")
	}
	told := strings.Contains(r.told, `"FAILED"`) || r.err != nil
	switch {
	case told:
	case r.mustFail():
		fail("no error reaches Lambda")
	case r.mustTell() && !slices.ContainsFunc(r.alerts, isAboutTheSetting):
		fail("nobody is told")
	}
	if r.entry == "scan" && !told && !r.isAtFault("PutObject") && len(r.reports) != 1 {
		fail("%d reports are kept", len(r.reports))
	}
	if r.entry == "scan" && r.dependency != "" && faults[r.fault].taken == 0 && !told && !r.saysSo() {
		fail("the scan could not %s, and says nothing of it", r.dependency)
	}
	if r.dependency == "" && r.err != nil {
		fail("with nothing at fault")
	}
}

// mustFail reports whether another try may help, or nobody knows yet.
func (r result) mustFail() bool {
	if r.entry == "scan" && r.dependency == write && r.fault == "is refused" {
		return false // that needs a person, whom the scan alerts
	}
	return r.isAtFault(publish) || r.isAtFault(read) || r.isAtFault(write)
}

// mustTell reports whether it is known that FIPS mode was off. Without an event
// nothing but the reading shows it; the history tells it afterwards.
func (r result) mustTell() bool {
	byEvent := r.entry == "event" || r.entry == "late event"
	return byEvent || r.dependency != read || r.fault == "is slow"
}

func isAboutTheSetting(m localaws.Message) bool {
	return strings.Contains(m.For("sqs"), guard.SettingName+"@")
}

// saysSo reports whether a report says that something could not be read, or that
// the setting could not be written.
func (r result) saysSo() bool {
	return slices.ContainsFunc(r.reports, func(d evidence.Document) bool {
		return d.Results.InsufficientData > 0 || r.dependency == write && d.Results.NonCompliant > d.Results.Fixed
	})
}

// claimsNothing looks for what says that FIPS mode was turned on.
func (r result) claimsNothing(fail func(string, ...any)) {
	for line := range strings.Lines(r.printed) {
		if done.MatchString(line) && strings.Contains(line, turnOn) {
			fail("the log says that it is fixed")
		}
	}
	for _, a := range r.alerts {
		var alert struct {
			Outcomes []struct{ API, Result string }
		}
		if err := json.Unmarshal([]byte(a.For("sqs")), &alert); err != nil {
			fail("an alert is no JSON: %v", err)
		}
		for _, o := range alert.Outcomes {
			if o.API == turnOn && o.Result == "DONE" || strings.Contains(a.Text, "Fixed:  yes: "+turnOn) {
				fail("the alert says that it is fixed: %s", a.Text)
			}
		}
	}
	for _, d := range r.reports {
		for _, o := range d.Outcomes {
			if o.API == turnOn && o.Result == guard.Done {
				fail("the report says that it is fixed")
			}
		}
	}
}
