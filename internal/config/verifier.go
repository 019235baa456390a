package config

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"fipsguard/internal/guard"
)

// Verifier is the configuration of the verifier function.
type Verifier struct {
	Gate                       // what it has in common with the gate
	EvidenceBucket string      // S3 bucket that keeps the reports
	SigningKey     string      // ARN of the KMS key that signs the reports
	TrailLogs      string      // S3 bucket, or BUCKET/PREFIX, with CloudTrail's log files; empty when LookupEvents has to do
	Class          guard.Class // FedRAMP's, by whose cycle kernel checks are renewed
	Sample         int         // in how many tasks an hourly scan checks the kernel
	FunctionARN    string      // the enforcer's, at which the guard's rules have to point
	Queues         []string    // URLs of the failure queues
	Reported       string      // URL of the queue of what was published on the topic
	SecurityHub    bool        // whether findings go to Security Hub, too
	SecurityBus    string      // ARN of the security account's event bus, which is told of each scan
	WitnessSubnets []string    // where the witness runs; none launches none
	WitnessGroup   string      // its security group
}

// How many tasks an hourly look asks, and may ask at most.
const (
	DefaultSample = 200
	MaxSample     = 100_000
)

func (v *Verifier) variables() []variable {
	hub := ""
	if v.SecurityHub {
		hub = "true"
	}
	sample := ""
	if v.Sample > 0 {
		sample = strconv.Itoa(v.Sample)
	}
	return append(v.Gate.variables(),
		variable{"FIPSGUARD_EVIDENCE_BUCKET", v.EvidenceBucket, v.readBucket},
		variable{"FIPSGUARD_SIGNING_KEY", v.SigningKey, v.readSigningKey},
		variable{"FIPSGUARD_TRAIL_LOGS", v.TrailLogs, v.readTrailLogs},
		variable{"FIPSGUARD_SAMPLE", sample, v.readSample},
		variable{"FIPSGUARD_CLASS", string(v.Class), v.readClass},
		variable{"FIPSGUARD_ENFORCER_ARN", v.FunctionARN, v.readFunctionARN},
		variable{"FIPSGUARD_QUEUES", strings.Join(v.Queues, ","), v.readQueues},
		variable{"FIPSGUARD_REPORTED", v.Reported, v.readReported},
		variable{"FIPSGUARD_SECURITY_HUB", hub, v.readSecurityHub},
		variable{"FIPSGUARD_SECURITY_BUS", v.SecurityBus, v.readSecurityBus},
		variable{"FIPSGUARD_WITNESS_SUBNETS", strings.Join(v.WitnessSubnets, ","), v.readWitnessSubnets},
		variable{"FIPSGUARD_WITNESS_GROUP", v.WitnessGroup, v.readWitnessGroup},
	)
}

// ReadVerifier reads the configuration from the environment variables that
// Environment writes, as ReadEnforcer does.
func ReadVerifier(getenv func(string) string) (Verifier, error) {
	var v Verifier
	if err := readVariables(v.variables(), getenv); err != nil {
		return Verifier{}, err
	}
	return v, nil
}

// Environment is the inverse of ReadVerifier.
func (v Verifier) Environment() map[string]string { return writeVariables(v.variables()) }

func (v *Verifier) readBucket(value string) error {
	v.EvidenceBucket = value
	return checkBucket(value)
}

func (v *Verifier) readSigningKey(value string) error {
	v.SigningKey = value
	return CheckSigningKey(value)
}

// CheckSigningKey accepts the ARN of a KMS key: an alias could be pointed at
// another key.
func CheckSigningKey(arn string) error {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "kms" || !strings.HasPrefix(parts[5], "key/") {
		return errors.New("it must be the ARN of a KMS key, arn:aws-us-gov:kms:REGION:ACCOUNT:key/ID")
	}
	return nil
}

func (v *Verifier) readTrailLogs(value string) error {
	v.TrailLogs = value
	if value == "" {
		return nil
	}
	bucket, _, _ := strings.Cut(value, "/")
	return checkBucket(bucket)
}

// checkBucket accepts S3's names of general purpose buckets.
func checkBucket(name string) error {
	if len(name) < 3 || len(name) > 63 || !madeOf(name, lower+digits+"-.") {
		return errors.New("it must be the name of an S3 bucket")
	}
	return nil
}

func (v *Verifier) readSample(value string) error {
	n, err := strconv.Atoi(cmp.Or(value, strconv.Itoa(DefaultSample)))
	if err != nil || n < 1 || n > MaxSample {
		return fmt.Errorf("it must be a number of tasks from 1 to %d", MaxSample)
	}
	v.Sample = n
	return nil
}

func (v *Verifier) readClass(value string) error {
	class, err := guard.ParseClass(value)
	if err != nil {
		return errors.New("it must be B, C or D, the FedRAMP certification class")
	}
	v.Class = class
	return nil
}

func (v *Verifier) readFunctionARN(value string) error {
	v.FunctionARN = value
	parts := strings.Split(value, ":")
	if len(parts) != 7 || parts[0] != "arn" || parts[2] != "lambda" || parts[5] != "function" {
		return errors.New("it must be the ARN of the enforcer function, arn:aws-us-gov:lambda:REGION:ACCOUNT:function:NAME")
	}
	return nil
}

func (v *Verifier) readQueues(value string) error {
	v.Queues = nil
	for url := range strings.SplitSeq(value, ",") {
		if !isURL(url) {
			return errors.New("it must be the URLs of the failure queues, separated by commas")
		}
		v.Queues = append(v.Queues, url)
	}
	return nil
}

func (v *Verifier) readReported(value string) error {
	v.Reported = value
	if !isURL(value) {
		return errors.New("it must be the URL of the queue that is subscribed to the topic of alerts")
	}
	return nil
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}

func (v *Verifier) readSecurityBus(value string) error {
	if value != "" && !(strings.HasPrefix(value, "arn:") && strings.Contains(value, ":event-bus/")) {
		return errors.New("it must be the ARN of an event bus")
	}
	v.SecurityBus = value
	return nil
}

func (v *Verifier) readWitnessSubnets(value string) error {
	v.WitnessSubnets = nil
	if value == "" {
		return nil
	}
	for id := range strings.SplitSeq(value, ",") {
		if !strings.HasPrefix(id, "subnet-") {
			return errors.New("it must be the IDs of subnets, separated by commas")
		}
		v.WitnessSubnets = append(v.WitnessSubnets, id)
	}
	return nil
}

func (v *Verifier) readWitnessGroup(value string) error {
	if v.WitnessGroup = value; value != "" && !strings.HasPrefix(value, "sg-") {
		return errors.New("it must be the ID of a security group")
	}
	return nil
}

func (v *Verifier) readSecurityHub(value string) error {
	switch value {
	case "", "false":
		v.SecurityHub = false
	case "true":
		v.SecurityHub = true
	default:
		return errors.New("it must be true or false")
	}
	return nil
}
