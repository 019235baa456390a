package scans

import (
	"context"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/alert"
	"fipsguard/internal/aws/hub"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/aws/reported"
	"fipsguard/internal/aws/signer"
	"fipsguard/internal/aws/store"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/independent"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/securityhub"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// The local account and the guard have one author, who may have misread AWS
// twice in the same way. moto (github.com/getmoto/moto) has others.

var motoHome = guard.Location{Account: "123456789012", Region: "us-gov-west-1"}

// moto is the configuration for a moto_server.
func moto(t *testing.T) aws.Config {
	t.Helper()
	return aws.Config{
		Region: motoHome.Region, BaseEndpoint: aws.String(independent.Moto(t)), RetryMaxAttempts: 3,
		Credentials: credentials.NewStaticCredentialsProvider("id", "a-secret-long-enough-for-a-key-of-HMAC-in-FIPS-mode", ""),
	}
}

// must spares a test the errors of its preparations.
func must[T any](out T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func TestAgainstMoto(t *testing.T) {
	config := moto(t)
	t.Run("evidence in a locked bucket", func(t *testing.T) { testEvidence(t, config) })
	t.Run("signatures", func(t *testing.T) { testSigning(t, config) })
	t.Run("findings in Security Hub", func(t *testing.T) { testFindings(t, config) })
	t.Run("the guard's own parts", func(t *testing.T) { testParts(t, config) })
	t.Run("what runs", func(t *testing.T) { testInventory(t, config) })
}

func testEvidence(t *testing.T, config aws.Config) {
	client := S3(config)
	must(client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("evidence"), ObjectLockEnabledForBucket: aws.Bool(true),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(config.Region)},
	}))(t)
	b := store.Bucket{Objects: client, Name: "evidence", Location: motoHome}
	if state, version, _, err := b.ReadState(t.Context()); err != nil || state != nil || version != "" {
		t.Fatalf("the state before the first scan is %q, error %v", state, err)
	}
	one := must(b.WriteState(t.Context(), []byte("state one")))(t)
	two := must(b.WriteState(t.Context(), []byte("state two")))(t)
	state, version, before, err := b.ReadState(t.Context())
	if err != nil || string(state) != "state two" || version != two || before != one || one == two {
		t.Errorf("read back state %q, version %q after %q, error %v", state, version, before, err)
	}
	must(client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("evidence"), Key: aws.String("state/" + motoHome.Account + "/" + motoHome.Region + ".dsse.json")}))(t)
	if state, version, _, err := b.ReadState(t.Context()); err != nil || state != nil || version == "" || version == two {
		t.Errorf("a state that was deleted is %q, version %q, error %v", state, version, err)
	}
	id := evidence.ID(motoHome.Account, motoHome.Region, time.Now())
	must(b.KeepReport(t.Context(), id, ".dsse.json", "application/json", []byte("report")))(t)
	if report := must(b.ReadReport(t.Context(), id))(t); string(report) != "report" {
		t.Errorf("read back report %q", report)
	}
}

// testSigning: a key of another program's KMS is read as one of ours. It hashes a
// digest once more, so that its signatures are no measure.
func testSigning(t *testing.T, config aws.Config) {
	client := kms.NewFromConfig(config)
	made := must(client.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecEccNistP384, KeyUsage: kmstypes.KeyUsageTypeSignVerify}))(t)
	key := signer.Key{Config: config, ARN: *made.KeyMetadata.Arn}
	if public := must(key.PublicKey(t.Context()))(t); len(public.Fingerprint()) != 64 {
		t.Errorf("the public key is %+v", public)
	}
	if signature := must(key.Sign(t.Context(), make([]byte, 48)))(t); len(signature) < 90 {
		t.Errorf("the signature has %d bytes", len(signature))
	}
}

func testFindings(t *testing.T, config aws.Config) {
	client := securityhub.NewFromConfig(config)
	h := hub.Hub{API: client}
	at := time.Now().UTC()
	send := func(queues ...string) map[string]int {
		t.Helper()
		r := guard.Report{Cause: guard.Cause{Account: motoHome.Account, Region: motoHome.Region}}
		for _, name := range queues {
			r.Findings = append(r.Findings, guard.Check(guard.Component{Rule: guard.GuardQueues, Name: name, Faults: []string{"messages wait"}})...)
		}
		if err := h.Import(t.Context(), evidence.New(evidence.About{Started: at, Finished: at}, r), true); err != nil {
			t.Fatal(err)
		}
		states := map[string]int{}
		for _, f := range must(client.GetFindings(t.Context(), &securityhub.GetFindingsInput{}))(t).Findings {
			states[string(f.RecordState)]++
		}
		return states
	}
	if got := send("one", "two"); got["ACTIVE"] != 2 || len(got) != 1 {
		t.Errorf("after two findings: %v", got)
	}
	if got := send("two"); got["ACTIVE"] != 1 || got["ARCHIVED"] != 1 {
		t.Errorf("after one of them is no more: %v", got)
	}
}

func testParts(t *testing.T, config aws.Config) {
	ctx := t.Context()
	const reportedARN = "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:fipsguard-reported"
	topic := must(sns.NewFromConfig(config).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("alerts")}))(t).TopicArn
	queue := must(sqs.NewFromConfig(config).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("fipsguard-failed")}))(t).QueueUrl
	testReported(t, config, *topic, reportedARN)
	trails := cloudtrail.NewFromConfig(config)
	parts := Components(config, Guard{TopicARN: *topic, ReportedARN: reportedARN, QueueURLs: []string{*queue}})
	want := func(what string, want map[guard.RuleID]guard.Verdict) {
		t.Helper()
		for _, part := range parts.Observe(ctx) {
			if f := guard.Check(part)[0]; f.Rule != guard.GuardModule && f.Verdict != want[f.Rule] {
				t.Errorf("%s: %s is %s (%s), want %s", what, f.Rule, f.Verdict, f.Reason, want[f.Rule])
			}
		}
	}
	want("nothing is set up", map[guard.RuleID]guard.Verdict{
		guard.GuardTrail: guard.NonCompliant, guard.GuardAlerts: guard.NonCompliant, guard.GuardQueues: guard.Compliant,
	})

	must(sns.NewFromConfig(config).Subscribe(ctx, &sns.SubscribeInput{TopicArn: topic, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:soc-alerts")}))(t)
	must(S3(config).CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket:                    aws.String("trail"),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(config.Region)},
	}))(t)
	must(trails.CreateTrail(ctx, &cloudtrail.CreateTrailInput{Name: aws.String("main"), S3BucketName: aws.String("trail"), IsMultiRegionTrail: aws.Bool(true)}))(t)
	must(trails.PutEventSelectors(ctx, &cloudtrail.PutEventSelectorsInput{
		TrailName: aws.String("main"), EventSelectors: []trailtypes.EventSelector{{IncludeManagementEvents: aws.Bool(true), ReadWriteType: trailtypes.ReadWriteTypeWriteOnly}},
	}))(t)
	must(trails.StartLogging(ctx, &cloudtrail.StartLoggingInput{Name: aws.String("main")}))(t)
	queues := sqs.NewFromConfig(config, func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }) // it would be MD5
	must(queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("an event")}))(t)
	want("all is set up, and an event waits", map[guard.RuleID]guard.Verdict{
		guard.GuardTrail: guard.Compliant, guard.GuardAlerts: guard.Compliant, guard.GuardQueues: guard.NonCompliant,
	})
}

// testReported: what is published on the topic comes back from the queue that is
// subscribed to it, as queues get it, and once it is deleted no more.
func testReported(t *testing.T, config aws.Config, topic, queueARN string) {
	ctx := t.Context()
	queue := reported.Queue{SQS: sqs.NewFromConfig(config)}
	queue.URL = *must(sqs.NewFromConfig(config).CreateQueue(ctx, &sqs.CreateQueueInput{
		QueueName: aws.String("fipsguard-reported"), Attributes: map[string]string{"VisibilityTimeout": "0"},
	}))(t).QueueUrl
	must(sns.NewFromConfig(config).Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: aws.String(topic), Protocol: aws.String("sqs"), Endpoint: aws.String(queueARN), Attributes: map[string]string{"RawMessageDelivery": "true"},
	}))(t)
	m := alert.Render(guard.Report{Cause: guard.Cause{EventID: "1"}})
	if err := notify.NewTopic(config, topic).Publish(ctx, m); err != nil {
		t.Fatal(err)
	}
	out := must(queue.SQS.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: aws.String(queue.URL)}, func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }))(t)
	if len(out.Messages) != 1 || aws.ToString(out.Messages[0].Body) != string(m.JSON) {
		t.Fatalf("the queue has %+v, want the alert's JSON", out.Messages)
	}
	must(queue.SQS.(*sqs.Client).SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: aws.String(queue.URL), Attributes: map[string]string{"VisibilityTimeout": "60"}}))(t)
	for handle, body := range must(queue.Receive(ctx))(t) {
		if string(body) != string(m.JSON) {
			t.Errorf("received %s", body)
		}
		if err := queue.Delete(ctx, handle); err != nil {
			t.Error(err)
		}
	}
	left := must(queue.SQS.(*sqs.Client).GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: aws.String(queue.URL), AttributeNames: []sqstypes.QueueAttributeName{"All"}}))(t)
	if n := left.Attributes["ApproximateNumberOfMessages"] + left.Attributes["ApproximateNumberOfMessagesNotVisible"]; n != "00" {
		t.Errorf("after it was deleted the queue has %v", left.Attributes)
	}
}

// testInventory goes without tasks: the Go SDK cannot read moto's, which have
// numbers where AWS has strings.
func testInventory(t *testing.T, config aws.Config) {
	ctx := t.Context()
	client := ecs.NewFromConfig(config)
	cluster := must(client.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String("payments")}))(t).Cluster.ClusterArn
	for name, architecture := range map[string]ecstypes.CPUArchitecture{"web": ecstypes.CPUArchitectureX8664, "arm": ecstypes.CPUArchitectureArm64} {
		must(client.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
			Family: aws.String(name), RequiresCompatibilities: []ecstypes.Compatibility{ecstypes.CompatibilityFargate}, Cpu: aws.String("256"), Memory: aws.String("512"),
			ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("i")}},
			RuntimePlatform:      &ecstypes.RuntimePlatform{CpuArchitecture: architecture, OperatingSystemFamily: ecstypes.OSFamilyLinux},
		}))(t)
		must(client.CreateService(ctx, &ecs.CreateServiceInput{
			Cluster: cluster, ServiceName: aws.String(name), TaskDefinition: aws.String(name), DesiredCount: aws.Int32(2), LaunchType: ecstypes.LaunchTypeFargate,
		}))(t)
	}
	account := Scanner(Options{Config: config, Policy: guard.DefaultPolicy(), Now: time.Now, Sleep: func(context.Context, time.Duration) error { return nil }}).Account
	clusters := must(account.Clusters(ctx))(t)
	services, tasks, err := account.Workloads(ctx, clusters, func(int, int) {})
	if err != nil || len(clusters) != 1 || len(services) != 2 || len(tasks) != 0 {
		t.Fatalf("clusters %v, services %+v, tasks %+v, error %v", clusters, services, tasks, err)
	}
	for _, d := range must(account.Definitions(ctx, services, tasks))(t) {
		want := guard.Compliant
		if strings.Contains(d.ARN, "/arm:") {
			want = guard.NonCompliant
		}
		if got := guard.Worst(guard.Check(d)); got != want {
			t.Errorf("definition %s is %s, want %s", d.ARN, got, want)
		}
	}
	for _, s := range services {
		if got := guard.Worst(guard.Check(s)); s.Name == "arm" && got != guard.NonCompliant || got == guard.NotApplicable {
			t.Errorf("service %s is %s", s.Name, got)
		}
	}
}
