package config

import (
	"testing"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

const enforcerARN = "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:fipsguard-enforcer"

func TestVerifierRoundTrip(t *testing.T) {
	least := Verifier{
		Gate:           Gate{Enforcer: Enforcer{TopicARN: topic, Mode: guard.Enforce}, PolicyParameter: "fipsguard-policy"},
		EvidenceBucket: "fipsguard-evidence", SigningKey: "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0123", Class: guard.ClassC, Sample: DefaultSample, FunctionARN: enforcerARN,
		Queues:   []string{"https://sqs.us-gov-west-1.amazonaws.com/111122223333/fipsguard-failed"},
		Reported: "https://sqs.us-gov-west-1.amazonaws.com/111122223333/fipsguard-reported",
	}
	all := least
	all.TrailLogs, all.Sample, all.SecurityHub, all.Class = "logs.example/org/prefix", 5000, true, guard.ClassB
	all.Queues = append(all.Queues, "https://sqs.us-gov-west-1.amazonaws.com/111122223333/fipsguard-undelivered")
	all.WitnessSubnets, all.WitnessGroup = []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}, "sg-0123456789abcdef0"
	for _, want := range []Verifier{least, all} {
		got, err := ReadVerifier(from(want.Environment()))
		if err != nil {
			t.Errorf("%+v: %v", want, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round trip (-want +got):\n%s", diff)
		}
	}
}

func TestReadVerifierNamesEveryBadValue(t *testing.T) {
	_, err := ReadVerifier(from(map[string]string{
		"FIPSGUARD_TOPIC_ARN":        topic,
		"FIPSGUARD_POLICY_PARAMETER": "fipsguard-policy",
		"FIPSGUARD_EVIDENCE_BUCKET":  "Not A Bucket",
		"FIPSGUARD_SIGNING_KEY":      "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/fipsguard",
		"FIPSGUARD_TRAIL_LOGS":       "s3://logs",
		"FIPSGUARD_SAMPLE":           "0",
		"FIPSGUARD_CLASS":            "E",
		"FIPSGUARD_ENFORCER_ARN":     "fipsguard-enforcer",
		"FIPSGUARD_SECURITY_HUB":     "yes",
		"FIPSGUARD_WITNESS_SUBNETS":  "subnet-1,vpc-1",
		"FIPSGUARD_WITNESS_GROUP":    "default",
	}))
	want := `FIPSGUARD_EVIDENCE_BUCKET is "Not A Bucket"; it must be the name of an S3 bucket
FIPSGUARD_SIGNING_KEY is "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/fipsguard"; it must be the ARN of a KMS key, arn:aws-us-gov:kms:REGION:ACCOUNT:key/ID
FIPSGUARD_TRAIL_LOGS is "s3://logs"; it must be the name of an S3 bucket
FIPSGUARD_SAMPLE is "0"; it must be a number of tasks from 1 to 100000
FIPSGUARD_CLASS is "E"; it must be B, C or D, the FedRAMP certification class
FIPSGUARD_ENFORCER_ARN is "fipsguard-enforcer"; it must be the ARN of the enforcer function, arn:aws-us-gov:lambda:REGION:ACCOUNT:function:NAME
FIPSGUARD_QUEUES is not set; it must be the URLs of the failure queues, separated by commas
FIPSGUARD_REPORTED is not set; it must be the URL of the queue that is subscribed to the topic of alerts
FIPSGUARD_SECURITY_HUB is "yes"; it must be true or false
FIPSGUARD_WITNESS_SUBNETS is "subnet-1,vpc-1"; it must be the IDs of subnets, separated by commas
FIPSGUARD_WITNESS_GROUP is "default"; it must be the ID of a security group`
	if err == nil {
		t.Fatal("accepted")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
