package hub

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
)

// look is a document with doubts about queues of some names.
func look(at time.Time, queues ...string) evidence.Document {
	r := guard.Report{Cause: guard.Cause{Account: localaws.AccountID, Region: "us-gov-west-1"}}
	for _, name := range queues {
		r.Findings = append(r.Findings, guard.Check(guard.Part{Rule: guard.GuardQueues, Name: name, Faults: []string{"messages wait"}})...)
	}
	return evidence.New(evidence.About{Started: at, Finished: at}, r)
}

func TestFindingsComeAndGo(t *testing.T) {
	local := localaws.New(localaws.Options{})
	if err := local.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	p := localaws.Everyone().Guard
	hub := Hub{securityhub.NewFromConfig(aws.Config{
		Region: "us-gov-west-1", BaseEndpoint: aws.String(local.Endpoint()), RetryMaxAttempts: 3,
		Credentials: credentials.NewStaticCredentialsProvider(p.AccessKeyID, p.SecretAccessKey, ""),
	})}
	var many []string
	for i := range 250 { // three calls
		many = append(many, strings.Repeat("q", i+1))
	}
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	first, second := look(at, many...), look(at.Add(time.Hour), many[0])
	if err := hub.Import(t.Context(), evidence.Document{}, first); err != nil {
		t.Fatal(err)
	}
	if err := hub.Import(t.Context(), first, second); err != nil {
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
	if states["ACTIVE"] != 1 || states["ARCHIVED"] != 249 {
		t.Errorf("findings: %v; want one active, the others archived", states)
	}
	local.Deny(p, "securityhub:BatchImportFindings")
	if err := hub.Import(t.Context(), first, second); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("denied: %v", err)
	}
}
