package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/functiontest"
	"fipsguard/internal/localaws/lambda"
	"fipsguard/internal/product"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// deployed is the function in front of an account, invoked by the tests.
type deployed struct {
	*functiontest.World
	*lambda.Function
}

func start(t *testing.T, bootstrap string) deployed {
	t.Helper()
	w := functiontest.New(t, localaws.Options{})
	return deployed{w, w.Start(t, product.Gate, bootstrap)}
}

// armEvent is the event of a new definition of a family, on ARM64.
func (d deployed) armEvent(t *testing.T, family string) []byte {
	t.Helper()
	_, err := d.Admin.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: &family, NetworkMode: types.NetworkModeAwsvpc, RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		Cpu: aws.String("256"), Memory: aws.String("512"), RuntimePlatform: &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64},
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("c"), Image: aws.String("i")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	events := d.Events()
	return events[len(events)-1]
}

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	event, err := os.ReadFile("../../internal/trail/testdata/events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// TestTheFunction runs the binary as Lambda does.
func TestTheFunction(t *testing.T) {
	bootstrap := functiontest.Build(t, ".")

	t.Run("answers a batch message by message", func(t *testing.T) {
		d := start(t, bootstrap)
		batch := map[string]any{"Records": []map[string]string{
			{"messageId": "broken", "eventSource": "aws:sqs", "body": "hello"},
			{"messageId": "good", "eventSource": "aws:sqs", "body": string(recorded(t, "setting-default-off"))},
			{"messageId": "elsewhere", "eventSource": "aws:sqs", "body": strings.ReplaceAll(string(recorded(t, "setting-default-off")), functiontest.Region, "us-gov-east-1")},
		}}
		event, err := json.Marshal(batch)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.Invoke(t.Context(), event)
		if want := `{"batchItemFailures":[{"itemIdentifier":"broken"},{"itemIdentifier":"elsewhere"}]}`; err != nil || string(answer) != want {
			t.Errorf("the function answers %s, error %v, want %s", answer, err, want)
		}
		if got := d.Mode(t); got != "enabled" {
			t.Errorf("FIPS mode is %s: a bad message hides a good one", got)
		}
	})

	t.Run("returns a message that hangs in time for the others", func(t *testing.T) {
		d := start(t, bootstrap)
		d.Inject(localaws.Fault{Operation: "DeregisterTaskDefinition", Latency: time.Minute, Times: 1})
		var records []map[string]string
		for _, id := range []string{"hangs", "good"} {
			records = append(records, map[string]string{"messageId": id, "eventSource": "aws:sqs", "body": string(d.armEvent(t, id))})
		}
		event, err := json.Marshal(map[string]any{"Records": records})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 16*time.Second)
		defer cancel()
		answer, err := d.Invoke(ctx, event)
		if want := `{"batchItemFailures":[{"itemIdentifier":"hangs"}]}`; err != nil || string(answer) != want {
			t.Errorf("the function answers %s, error %v, want %s", answer, err, want)
		}
	})
}
