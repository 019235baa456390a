// Package functiontest is what the tests of the functions' binaries have in
// common: an account with what the stack puts into it, and the functions'
// processes in front of that.
package functiontest

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"fipsguard/infra/template"
	"fipsguard/internal/component"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/lambda"
	"fipsguard/internal/product"
	"fipsguard/internal/trail"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Region is where the functions run, and Bucket where reports are kept.
const (
	Region = "us-gov-west-1"
	Bucket = product.Evidence
)

// ARN is the ARN of a function in the account.
func ARN(name string) string {
	return "arn:aws-us-gov:lambda:" + Region + ":" + localaws.AccountID + ":function:" + name
}

// Build builds a function as it is deployed, and returns the binary.
func Build(t testing.TB, pkg string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short builds no functions")
	}
	binary := filepath.Join(t.TempDir(), "bootstrap")
	sources, err := lambda.Build(pkg, binary)
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 20 {
		t.Fatalf("%s is built from %d files only", pkg, len(sources))
	}
	return binary
}

// World is an account as the stack leaves it. Its rules invoke nothing: tests
// invoke the functions themselves.
type World struct {
	*localaws.Account
	Admin    *ecs.Client
	Reported string // the queue of what was published

	topic, queue, key string
	list              component.List // of what the stack deployed
}

// New starts an account.
func New(t testing.TB, o localaws.Options) *World {
	t.Helper()
	account := localaws.New(o)
	if err := account.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = account.Close() })
	w := &World{list: component.List{Components: map[string]component.Component{}}, Account: account, Admin: ecs.NewFromConfig(account.Config(localaws.Everyone().Admin, Region))}
	if err := w.deploy(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *World) deploy() (err error) {
	if err := w.WriteParameter(Region, product.PolicyParameter, `{"version": 1}`); err != nil {
		return err
	}
	if w.topic, err = w.CreateTopic(Region, product.Alerts); err != nil {
		return err
	}
	if err := w.Subscribe(w.topic, "email", "soc@example.gov", true); err != nil {
		return err
	}
	if err := w.CreateBucket(Region, Bucket); err != nil {
		return err
	}
	if w.key, err = w.CreateSigningKey(Region, localaws.Everyone().Guard); err != nil {
		return err
	}
	if w.queue, err = w.CreateQueue(Region, product.Failed); err != nil {
		return err
	}
	if w.Reported, err = w.CreateQueue(Region, product.Reported); err != nil {
		return err
	}
	if err := w.SubscribeQueue(w.topic, "arn:aws-us-gov:sqs:"+Region+":"+localaws.AccountID+":"+product.Reported); err != nil {
		return err
	}
	for _, p := range trail.Patterns() {
		target := "arn:aws-us-gov:sqs:" + Region + ":" + localaws.AccountID + ":" + product.Workloads
		if p.Name == trail.Settings {
			target = ARN(product.Enforcer)
		}
		var pattern any
		if err := json.Unmarshal([]byte(p.JSON), &pattern); err != nil {
			return err
		}
		rule := localaws.Rule{Name: product.Prefix + p.Name, Region: Region, Pattern: p.JSON, TargetARN: target}
		if err := w.attach(rule, map[string]any{"EventPattern": pattern, "Targets": map[string]any{"Id": "Target0", "Arn": target}}); err != nil {
			return err
		}
	}
	return w.attachSchedules()
}

// attachSchedules adds the rules that come by themselves.
func (w *World) attachSchedules() error {
	scans := "arn:aws-us-gov:sqs:" + Region + ":" + localaws.AccountID + ":" + product.Scans
	for name, s := range map[string]localaws.Rule{
		"check-setting": {TargetARN: ARN(product.Enforcer), Input: `{"check":"setting"}`},
		"look-hourly":   {TargetARN: scans, Input: `{"look":"hourly","id":"1"}`},
		"look-daily":    {TargetARN: scans, Input: `{"look":"daily","id":"1"}`},
	} {
		s.Name, s.Region, s.Every = product.Prefix+name, Region, time.Hour
		err := w.attach(s, map[string]any{
			"ScheduleExpression": "rate(60 minutes)", "Targets": map[string]any{"Id": "Target0", "Arn": s.TargetARN, "Input": s.Input},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// attach adds a rule, to the component list as well: it is all that the account
// has of it.
func (w *World) attach(rule localaws.Rule, properties map[string]any) error {
	properties["Name"] = rule.Name
	w.list.Components[rule.Name] = component.Component{Type: "AWS::Events::Rule", Properties: properties}
	rule.Invoke = func(context.Context, []byte) error { return nil }
	return w.Attach(rule)
}

// packed is the component list as the stack hands it to the verifier.
func (w *World) packed(t testing.TB) string {
	t.Helper()
	packed, err := component.Pack(w.list, template.Components())
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// Start starts a function's process. All functions get the variables of all.
func (w *World) Start(t testing.TB, name, binary string, more ...string) *lambda.Function {
	t.Helper()
	people := localaws.Everyone()
	f, err := lambda.Start(binary, ARN(name), append([]string{
		"AWS_ENDPOINT_URL=" + w.Endpoint(), "AWS_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + people.Guard.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + people.Guard.SecretAccessKey,
		"FIPSGUARD_TOPIC_ARN=" + w.topic, "FIPSGUARD_EVIDENCE_BUCKET=" + Bucket, "FIPSGUARD_SIGNING_KEY=" + w.key, "FIPSGUARD_ENFORCER_ARN=" + ARN(product.Enforcer),
		component.Packed + "=" + w.packed(t), "FIPSGUARD_QUEUES=" + w.queue, "FIPSGUARD_REPORTED=" + w.Reported, "FIPSGUARD_SECURITY_HUB=true", "FIPSGUARD_POLICY_PARAMETER=" + product.PolicyParameter,
	}, more...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// Mode is the account's FIPS mode, as an administrator reads it.
func (w *World) Mode(t testing.TB) string {
	t.Helper()
	out, err := w.Admin.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range out.Settings {
		return aws.ToString(s.Value)
	}
	return "disabled"
}
