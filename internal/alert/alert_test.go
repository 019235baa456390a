package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	at    = time.Date(2026, 11, 2, 10, 15, 30, 0, time.UTC)
	cause = guard.Cause{
		EventID: "6afced68-75cd-4d44-8076-0be000000001", EventName: "PutAccountSettingDefault", Time: at,
		Account: "111122223333", Region: "us-gov-west-1",
		Actor: guard.Actor{
			Name: "role Admin, session jane.doe", ARN: "arn:aws-us-gov:sts::111122223333:assumed-role/Admin/jane.doe",
			SourceAddress: "198.51.100.7", MFA: guard.Yes,
		},
	}
	account    = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Mode: guard.ModeOff}
	override   = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopePrincipal, Principal: "arn:aws-us-gov:iam::111122223333:role/app/checkout", Mode: guard.ModeOff}
	deleted    = guard.Setting{Account: "111122223333", Region: "us-gov-west-1", Scope: guard.ScopeAccount, Deleted: true}
	arm        = guard.Platform{OS: "LINUX", Architecture: "ARM64"}
	definition = guard.TaskDefinition{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web:7", Family: "web", Platform: arm, Fargate: guard.Yes,
		RegisteredBy: "arn:aws-us-gov:sts::111122223333:assumed-role/Pipeline/build-311",
	}
	task = guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/0123", Cluster: "main", Group: "family:web", Definition: definition.ARN,
		Fargate: guard.Yes, Platform: arm, PlatformVersion: "1.4.0", LastStatus: "PENDING",
	}
	service = guard.Service{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web", Cluster: "main", Fargate: guard.Yes,
		Definition: definition, PlatformVersion: "LATEST", Controller: "ECS", DesiredCount: 2,
	}
)

// report is what the guard finds about a state and plans, with what became of
// every action.
func report(state guard.State, result guard.Result, detail string) guard.Report {
	r := guard.Report{Cause: cause, Findings: guard.Check(state)}
	for _, a := range guard.Plan(r.Findings, guard.DefaultPolicy()) {
		r.Outcomes = append(r.Outcomes, guard.Outcome{Action: a, Result: result, Detail: detail, At: at})
	}
	return r
}

// kinds is one report of each kind of alert.
func kinds() map[string]guard.Report {
	readBack := "Read back: the account default is enabled."
	expiring := report(definition, guard.Done, "AWS answered that the revision is INACTIVE.")
	expiring.Expiring = []guard.Exemption{{Resource: "arn:aws-us-gov:ecs:*:*:task-definition/legacy:*", Reason: "vendor image", Approver: "ISSO", Expires: at.AddDate(0, 0, 3)}}
	unknown := account
	unknown.Mode, unknown.Unknown = guard.ModeUnknown, "ECS did not answer ListAccountSettings"
	hostile := report(guard.TaskDefinition{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/x\r\nBcc: everybody\x1b[2J\u202eevil:1", Platform: arm, Fargate: guard.Yes,
	}, guard.Failed, "AWS answered ClientException: \x00<script>alert(1)</script>")
	hostile.Cause.Actor.Name = "role \u202eAdmin\nSeverity   INFO, session ' ; rm -rf"
	return map[string]guard.Report{
		"default-repaired":          report(account, guard.Done, readBack),
		"default-failed":            report(account, guard.Failed, "AWS answered ServerException: try again"),
		"default-unconfirmed":       report(account, guard.Unconfirmed, "AWS accepted the call, but the account default could not be read back because the guard's own role carries an override, which hides it."),
		"default-audited":           report(account, guard.RefusedByPolicy, "The policy only audits this rule."),
		"default-unknown":           report(unknown, guard.Done, ""),
		"deleted-repaired":          report(deleted, guard.Done, readBack),
		"override-repaired":         report(override, guard.Done, "AWS answered the new value enabled; no API reads another principal's override back."),
		"override-human-needed":     report(override, guard.RefusedByAWS, "AWS answered AccessDeniedException: not authorized"),
		"definition-deregistered":   report(definition, guard.Done, "AWS answered that the revision is INACTIVE."),
		"definition-exempt":         report(definition, guard.RefusedByPolicy, "Exempt until 2026-11-05: vendor image (approved by ISSO)."),
		"definition-unknown":        report(guard.TaskDefinition{Family: "web", Unknown: "the record leaves it out"}, guard.Done, ""),
		"exemption-expiring":        expiring,
		"task-stopped":              report(task, guard.Done, "AWS answered that the task is to stop."),
		"service-reported":          report(service, guard.Done, ""),
		"hostile-names":             hostile,
		"policy-document-refused":   {Cause: guard.Cause{EventName: "policy document read", Time: at, Account: "111122223333", Region: "us-gov-west-1", Actor: guard.Actor{Name: "fipsguard"}}, Findings: guard.Check(guard.PolicyDocument{Account: "111122223333", Region: "us-gov-west-1", Faults: []string{`line 3, column 5: unknown rule "fips"`}})},
		"event-without-who-or-when": {Findings: guard.Check(guard.Setting{Mode: guard.ModeOff})},
	}
}

func compare(t *testing.T, name string, m Message) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, m.JSON, "", "  "); err != nil {
		t.Fatalf("the JSON is none: %v", err)
	}
	attributes, err := json.MarshalIndent(m.Attributes, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("Subject: %s\n\n%s\n--- attributes\n%s\n--- JSON\n%s\n", m.Subject, m.Text, attributes, pretty.String())
	golden := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the alert reads otherwise (-want +got):\n%s", diff)
	}
}

func TestKindsOfAlerts(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/alert.v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range kinds() {
		t.Run(name, func(t *testing.T) {
			m := Render(r)
			compare(t, name, m)
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader(m.JSON))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(document); err != nil {
				t.Errorf("the JSON is not of its schema: %v", err)
			}
			if err := fault(m); err != nil {
				t.Error(err)
			}
		})
	}
}

// fault is what SNS or a mail reader would not take of a message.
func fault(m Message) error {
	if len(m.Subject) == 0 || len(m.Subject) > 99 {
		return fmt.Errorf("the subject has %d characters", len(m.Subject))
	}
	if strings.ContainsFunc(m.Subject, func(r rune) bool { return r < ' ' || r > '~' }) {
		return fmt.Errorf("the subject %q is not printable ASCII", m.Subject)
	}
	if strings.ContainsFunc(m.Text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
		return fmt.Errorf("the text has control characters: %q", m.Text)
	}
	if !json.Valid(m.JSON) {
		return fmt.Errorf("the JSON is none: %s", m.JSON)
	}
	published, err := json.Marshal(map[string]string{"default": string(m.JSON), "email": m.Text})
	if err != nil {
		return err
	}
	if len(published) > 250_000 {
		return fmt.Errorf("the message has %d bytes", len(published))
	}
	for name, value := range m.Attributes {
		if value == "" {
			return fmt.Errorf("attribute %s is empty, which SNS refuses", name)
		}
	}
	return nil
}

func TestAStormOfFindingsIsCut(t *testing.T) {
	var r guard.Report
	for i := range 500 {
		d := definition
		d.ARN = fmt.Sprintf("%s-%d-%s", d.ARN, i, strings.Repeat("\u202e界", 2000))
		one := report(d, guard.Failed, strings.Repeat("\\\"界", 5000))
		r.Cause, r.Findings, r.Outcomes = one.Cause, append(r.Findings, one.Findings...), append(r.Outcomes, one.Outcomes...)
	}
	m := Render(r)
	if err := fault(m); err != nil {
		t.Error(err)
	}
	if !strings.Contains(m.Text, "… and 490 more") || !strings.Contains(string(m.JSON), `"omittedFindings":490`) {
		t.Error("the alert does not say how many findings it leaves out")
	}
}

func FuzzRender(f *testing.F) {
	f.Add("jane", "arn:aws-us-gov:ecs:us-gov-west-1:1:task-definition/a:1", "reason")
	f.Add("\x00\r\n\u202e", strings.Repeat("x", 1000), "\xff\xfe")
	f.Fuzz(func(t *testing.T, actor, arn, detail string) {
		r := report(guard.TaskDefinition{ARN: arn, Platform: guard.Platform{OS: detail, Architecture: actor}, Fargate: guard.Yes}, guard.Failed, detail)
		r.Cause.Actor.Name, r.Cause.Actor.ARN, r.Cause.EventID, r.Cause.Account = actor, arn, detail, actor
		if err := fault(Render(r)); err != nil {
			t.Error(err)
		}
	})
}

// topic takes what is published.
type topic struct {
	mu        sync.Mutex
	published []*sns.PublishInput
	broken    bool
}

func (p *topic) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return nil, errors.New("no answer")
	}
	p.published = append(p.published, in)
	return &sns.PublishOutput{}, nil
}

func (p *topic) texts() []string {
	var list []string
	for _, in := range p.published {
		var byProtocol map[string]string
		if err := json.Unmarshal([]byte(aws.ToString(in.Message)), &byProtocol); err != nil {
			list = append(list, err.Error())
		}
		list = append(list, byProtocol["email"])
	}
	return list
}

func TestFlappingIsJoined(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts")
	flap := kinds()["default-repaired"]
	tell := func(minute int, actor string) bool {
		t.Helper()
		flap.Cause.Actor.Name = actor
		sent, err := n.Notify(context.Background(), flap, at.Add(time.Duration(minute)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		return sent
	}
	got := []bool{tell(0, "user terraform"), tell(1, "user terraform"), tell(5, "role Admin, session joe"), tell(14, "user terraform"), tell(16, "user terraform"), tell(17, "user terraform")}
	if want := []bool{true, false, false, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
	summary := p.texts()[1]
	for _, want := range []string{"It happened 3 more times since 2026-11-02T10:15:30Z", "- 2 by user terraform", "- 1 by role Admin, session joe"} {
		if !strings.Contains(summary, want) {
			t.Errorf("no %q in the summary:\n%s", want, summary)
		}
	}
}

func TestAnotherOutcomeGoesOutAtOnce(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	all := kinds()
	for _, kind := range []string{"default-failed", "default-repaired", "override-human-needed", "definition-deregistered"} {
		if sent, err := n.Notify(context.Background(), all[kind], at); err != nil || !sent {
			t.Errorf("%s: sent %t, error %v", kind, sent, err)
		}
	}
}

func TestAStormOfDefinitionsIsAFewAlerts(t *testing.T) {
	p := &topic{}
	n := NewNotifier(p, "topic")
	for i := range 500 {
		d := definition
		d.ARN = fmt.Sprintf("%s%d", d.ARN, i)
		if _, err := n.Notify(context.Background(), report(d, guard.Done, ""), at.Add(time.Duration(i)*2*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(p.published); got != 2 {
		t.Errorf("500 violations in 1000 seconds make %d alerts, want 2", got)
	}
	if last := p.texts()[1]; !strings.Contains(last, "It happened 449 more times") {
		t.Errorf("the summary does not count:\n%s", last)
	}
}

func TestWhatCouldNotBeSentIsToldNextTime(t *testing.T) {
	p := &topic{broken: true}
	n := NewNotifier(p, "topic")
	r := kinds()["default-repaired"]
	if _, err := n.Notify(context.Background(), r, at); err == nil {
		t.Fatal("a broken topic takes alerts")
	}
	p.broken = false
	if sent, err := n.Notify(context.Background(), r, at.Add(time.Second)); err != nil || !sent {
		t.Errorf("the second attempt: sent %t, error %v", sent, err)
	}
	if _, err := n.Notify(context.Background(), r, at.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	p.broken = true
	if _, err := n.Notify(context.Background(), r, at.Add(time.Hour)); err == nil {
		t.Fatal("a broken topic takes summaries")
	}
	p.broken = false
	if _, err := n.Notify(context.Background(), r, at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if last := p.texts()[1]; !strings.Contains(last, "It happened 1 more times") {
		t.Errorf("the count of the summary that failed is lost:\n%s", last)
	}
}

func TestJoinerIsBoundedAndSafeTogether(t *testing.T) {
	n := NewNotifier(&topic{}, "topic")
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 500 {
				s := override
				s.Principal = fmt.Sprintf("%s-%d-%d", s.Principal, worker, i)
				if _, err := n.Notify(context.Background(), report(s, guard.Done, ""), at); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if got := len(n.joiner.keys); got > maxKeys {
		t.Errorf("%d keys are remembered", got)
	}
}
