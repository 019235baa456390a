package config

import (
	"log/slog"
	"strings"
	"testing"

	"fipsguard/internal/guard"

	"github.com/google/go-cmp/cmp"
)

const topic = "arn:aws-us-gov:sns:us-gov-west-1:111122223333:fipsguard-alerts"

func from(environment map[string]string) func(string) string {
	return func(name string) string { return environment[name] }
}

func TestEnforcerRoundTrip(t *testing.T) {
	for _, want := range []Enforcer{
		{TopicARN: topic, Mode: guard.Enforce},
		{TopicARN: topic, Mode: guard.Audit, LogLevel: slog.LevelDebug},
		{TopicARN: topic, Mode: guard.Enforce, LogLevel: slog.LevelError + 2, AccountName: "payments-prod_2 .x"},
	} {
		got, err := ReadEnforcer(from(want.Environment()))
		if err != nil {
			t.Errorf("%+v: %v", want, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round trip (-want +got):\n%s", diff)
		}
	}
}

func TestReadEnforcerDefaults(t *testing.T) {
	got, err := ReadEnforcer(from(map[string]string{"FIPSGUARD_TOPIC_ARN": topic}))
	if err != nil {
		t.Fatal(err)
	}
	want := Enforcer{TopicARN: topic, Mode: guard.Enforce, LogLevel: slog.LevelInfo}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadEnforcerNamesEveryBadValue(t *testing.T) {
	const shape = "it must be the ARN of an SNS topic, arn:aws-us-gov:sns:REGION:ACCOUNT:NAME"
	for _, c := range []struct {
		name        string
		environment map[string]string
		want        string
	}{
		{"nothing set", nil, "FIPSGUARD_TOPIC_ARN is not set; " + shape},
		{"all bad", map[string]string{
			"FIPSGUARD_TOPIC_ARN": "alerts",
			"FIPSGUARD_MODE":      "Enforce",
			"FIPSGUARD_LOG_LEVEL": "loud\n",
		}, `FIPSGUARD_TOPIC_ARN is "alerts"; ` + shape + "\n" +
			`FIPSGUARD_MODE is "Enforce"; it must be enforce or audit` + "\n" +
			`FIPSGUARD_LOG_LEVEL is "loud\n"; it must be debug, info, warn or error`},
		{"long", map[string]string{"FIPSGUARD_TOPIC_ARN": topic, "FIPSGUARD_MODE": strings.Repeat("é", 2000)},
			`FIPSGUARD_MODE is "` + strings.Repeat("é", 40) + `"… (4000 bytes); it must be enforce or audit`},
		{"off is no mode of the guard", map[string]string{"FIPSGUARD_TOPIC_ARN": topic, "FIPSGUARD_MODE": "off"},
			`FIPSGUARD_MODE is "off"; it must be enforce or audit`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadEnforcer(from(c.environment))
			if err == nil {
				t.Fatalf("accepted as %+v", got)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got != (Enforcer{}) {
				t.Errorf("with the error came %+v", got)
			}
		})
	}
}

func TestReadGateNeedsAPolicyParameter(t *testing.T) {
	want := Gate{Enforcer: Enforcer{TopicARN: topic, Mode: guard.Enforce}, PolicyParameter: "fipsguard-policy"}
	got, err := ReadGate(from(want.Environment()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
	_, err = ReadGate(from(map[string]string{"FIPSGUARD_TOPIC_ARN": topic, "FIPSGUARD_ACCOUNT_NAME": "a\nb"}))
	const says = `FIPSGUARD_ACCOUNT_NAME is "a\nb"; it must have at most 50 letters, digits, spaces, dots, _ and -` +
		"\nFIPSGUARD_POLICY_PARAMETER is not set; it must be the name of a parameter of Systems Manager"
	if err == nil || err.Error() != says {
		t.Errorf("%v\nwant %s", err, says)
	}
}

func TestCheckTopicARN(t *testing.T) {
	for arn, ok := range map[string]bool{
		topic: true,
		"arn:aws:sns:us-east-1:111122223333:a_B-9":                                  true,
		"arn:aws-us-gov:sqs:us-gov-west-1:111122223333:a":                           false,
		"arn:aws-us-gov:sns:us-gov-west-1:111122223333:a:sub":                       false,
		"arn:aws-us-gov:sns:us-gov-west-1:11112222333:a":                            false,
		"arn:aws-us-gov:sns:us-gov-west-1:11112222333x:a":                           false,
		"arn:aws-us-gov:sns::111122223333:a":                                        false,
		"arn:aws-us-gov:sns:us-gov-west-1:111122223333:":                            false,
		"arn:aws-us-gov:sns:us-gov-west-1:111122223333:*":                           false,
		"arn:aws-us-gov:sns:us-gov-west-1:111122223333:a.fifo":                      false,
		"arn:aws-us-gov:sns:us-gov-west-1:111122223333:" + strings.Repeat("a", 257): false,
		" " + topic:  false,
		topic + "\n": false,
		"arn:::::":   false,
		"":           false,
		"arn:gov:sns:us-gov-west-1:111122223333:a": false,
	} {
		if err := checkTopicARN(arn); (err == nil) != ok {
			t.Errorf("%q: %v", arn, err)
		}
	}
}
