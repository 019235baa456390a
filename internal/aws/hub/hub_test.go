package hub

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/securityhub/types"
	"github.com/google/go-cmp/cmp"
)

// scan is a document with violations of queues of some names.
func scan(at time.Time, queues ...string) evidence.Document {
	r := guard.Report{Cause: guard.Cause{Account: localaws.AccountID, Region: "us-gov-west-1"}}
	for _, name := range queues {
		r.Findings = append(r.Findings, guard.Check(guard.Component{Rule: guard.GuardQueues, Name: name, Faults: []string{"messages wait"}})...)
	}
	r.Findings = guard.SeenAt(r.Findings, guard.Seen{How: guard.Configured, At: at})
	return evidence.New(evidence.About{Started: at, Finished: at}, r)
}

const foreignID = "foreign"

// ages are the times of a finding.
type ages struct{ ID, CreatedAt, FirstObservedAt, LastObservedAt string }

func finding(t *testing.T, local *localaws.Account, id string) ages {
	t.Helper()
	for _, f := range local.SecurityFindings() {
		var found ages
		if err := json.Unmarshal(f, &found); err != nil {
			t.Fatal(err)
		}
		if found.ID == id {
			return found
		}
	}
	t.Fatalf("there is no finding %s", id)
	return ages{}
}

func TestFindingsComeAndGo(t *testing.T) {
	local := localaws.New(localaws.Options{})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	p := localaws.Everyone().Guard
	hub := Hub{securityhub.NewFromConfig(local.Config(p, "us-gov-west-1"))}
	var many []string
	for i := range 250 { // three calls
		many = append(many, strings.Repeat("q", i+1))
	}
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	send := func(d evidence.Document, complete bool, active, archived int) {
		t.Helper()
		if err := hub.Import(t.Context(), d, complete); err != nil {
			t.Fatal(err)
		}
		states := map[string]int{}
		for _, f := range local.SecurityFindings() {
			var found struct{ RecordState string }
			if err := json.Unmarshal(f, &found); err != nil {
				t.Fatal(err)
			}
			states[found.RecordState]++
		}
		if states["ACTIVE"] != active || states["ARCHIVED"] != archived {
			t.Errorf("findings: %v; want %d active, %d archived", states, active, archived)
		}
	}
	// Another tool's, of the account's own product as well.
	foreign := active(format.SecurityFindings(scan(at, "foreign"))[0])
	foreign.Id, foreign.GeneratorId = aws.String(foreignID), aws.String("another-tool")
	if _, err := hub.API.BatchImportFindings(t.Context(), &securityhub.BatchImportFindingsInput{Findings: []types.AwsSecurityFinding{foreign}}); err != nil {
		t.Fatal(err)
	}
	send(scan(at, many...), true, 251, 0)
	// A scan that could not see everything does not say that the rest is over.
	send(scan(at.Add(time.Hour), many[0]), false, 251, 0)
	send(scan(at.Add(2*time.Hour), many[0]), true, 2, 249)
	send(scan(at.Add(3*time.Hour), many[1]), true, 2, 249) // one comes back, one goes
	again := 0
	for _, f := range local.SecurityFindings() {
		if bytes.Contains(f, []byte(`"ARCHIVED"`)) && bytes.Contains(f, []byte(at.Add(3*time.Hour).Format(time.RFC3339))) {
			again++
		}
	}
	if again != 1 {
		t.Errorf("%d findings were archived by the last scan, want the one that went: those of before are left alone", again)
	}
	kept := format.SecurityFindings(scan(at, many[1]))[0].ID
	send(scan(at.Add(4*time.Hour), many[1]), false, 2, 249)
	if f := finding(t, local, kept); f.CreatedAt != at.Add(3*time.Hour).Format(time.RFC3339) || f.FirstObservedAt != f.CreatedAt || f.LastObservedAt != at.Add(4*time.Hour).Format(time.RFC3339) {
		t.Errorf("after another scan the finding is %+v; it was first seen three hours after the first scan", f)
	}
	local.Deny(p, "securityhub:GetFindings")
	if err := hub.Import(t.Context(), scan(at, many[2]), true); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("denied: %v", err)
	}
	local.Deny(p, "")
	send(scan(at, many[2]), false, 3, 248) // what the denied one still sent
	local.Deny(p, "securityhub:BatchImportFindings")
	if err := hub.Import(t.Context(), scan(at, many[3]), false); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("denied: %v", err)
	}
}

// TestEveryMemberIsSent compares what is sent with the finding, in JSON: of the
// SDK's many members only those that are filled in.
func TestEveryMemberIsSent(t *testing.T) {
	f := format.SecurityFindings(scan(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC), "queue"))[0]
	if diff := cmp.Diff(members(t, f), filled(members(t, active(f)))); diff != "" {
		t.Errorf("Security Hub gets another finding (-made +sent):\n%s", diff)
	}
}

func members(t *testing.T, value any) any {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// filled leaves out what is empty.
func filled(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = filled(value[i])
		}
	case map[string]any:
		for name, member := range value {
			if member == nil || member == "" {
				delete(value, name)
				continue
			}
			value[name] = filled(member)
		}
	}
	return value
}
