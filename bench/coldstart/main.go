// Command coldstart times how long after its start the enforcer's binary turns
// FIPS mode on, and gives the ratios to a Lambda function that does nothing and
// to one that makes the same call with the SDK and does nothing else.
//
// All three are built as they are deployed and started by turns, in an order that
// changes, because what a run leaves behind slows the next one: from exec to
// PutAccountSettingDefault arriving at a local account, and from exec to the
// empty function's answer. Only the ratios mean anything on another machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/lambda"
)

const (
	region      = "us-gov-west-1"
	functionARN = "arn:aws-us-gov:lambda:" + region + ":" + localaws.AccountID + ":function:fipsguard-enforcer"
)

// turnedOff is an event that has just happened.
func turnedOff() []byte {
	now := time.Now().UTC().Format(time.RFC3339)
	return []byte(`{"version":"0","id":"1","detail-type":"AWS API Call via CloudTrail","source":"aws.ecs","account":"` + localaws.AccountID + `",` +
		`"time":"` + now + `","region":"` + region + `","detail":{"eventSource":"ecs.amazonaws.com","eventName":"PutAccountSettingDefault",` +
		`"eventTime":"` + now + `","awsRegion":"` + region + `","recipientAccountId":"` + localaws.AccountID + `","eventID":"1",` +
		`"requestParameters":{"name":"fargateFIPSMode","value":"disabled"}}}`)
}

func main() {
	runs := flag.Int("runs", 101, "how often each function is started")
	limit := flag.Float64("limit", 1.9, "the ratio to the empty function above which the command fails")
	sdkLimit := flag.Float64("sdk-limit", 1.10, "the ratio to the SDK floor above which the command fails")
	flag.Parse()
	if err := measure(*runs, *limit, *sdkLimit); err != nil {
		fmt.Fprintln(os.Stderr, "coldstart:", err)
		os.Exit(1)
	}
}

func measure(runs int, limit, sdkLimit float64) error {
	dir, err := os.MkdirTemp("", "coldstart")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	enforcer, err := build(dir, "fipsguard/functions/enforcer")
	if err != nil {
		return err
	}
	empty, err := build(dir, "fipsguard/bench/coldstart/empty")
	if err != nil {
		return err
	}
	sdk, err := build(dir, "fipsguard/bench/coldstart/sdk")
	if err != nil {
		return err
	}
	var ours, withSDK, floor []time.Duration
	var memory int64
	starts := []func() error{
		func() error {
			took, peak, err := timeToFix(enforcer[len(ours)%copies])
			ours, memory = append(ours, took), max(memory, peak)
			return err
		},
		func() error {
			took, _, err := timeToFix(sdk[len(withSDK)%copies])
			withSDK = append(withSDK, took)
			return err
		},
		func() error {
			took, err := timeToAnswer(empty[len(floor)%copies])
			floor = append(floor, took)
			return err
		},
	}
	for range runs {
		for _, i := range rand.Perm(len(starts)) {
			runtime.GC() // not while the next function is timed
			if err := starts[i](); err != nil {
				return err
			}
		}
	}
	ratio := float64(median(ours)) / float64(median(floor))
	fmt.Printf("exec to PutAccountSettingDefault received: median of %d runs %v\n", runs, median(ours))
	fmt.Printf("exec to an empty function's answer:        median of %d runs %v\n", runs, median(floor))
	toSDK := float64(median(ours)) / float64(median(withSDK))
	fmt.Printf("the same with the SDK and nothing else:    median of %d runs %v\n", runs, median(withSDK))
	fmt.Printf("ratio %.2f (limit %.2f)\n", ratio, limit)
	fmt.Printf("ratio to the SDK floor %.2f (limit %.2f)\n", toSDK, sdkLimit)
	info, err := os.Stat(enforcer[0])
	if err != nil {
		return err
	}
	fmt.Printf("binary %.1f MB, peak memory %.1f MB\n", float64(info.Size())/1e6, float64(memory)/1e6)
	if ratio > limit {
		return fmt.Errorf("the ratio %.2f is above the limit %.2f", ratio, limit)
	}
	if toSDK > sdkLimit {
		return fmt.Errorf("the ratio to the SDK floor %.2f is above the limit %.2f", toSDK, sdkLimit)
	}
	return nil
}

// copies is how many files each function is started from, by turns. Where the
// system happened to put a file in memory makes its starts up to an eighth slower
// or faster than those of another file with the same bytes.
const copies = 8

// build makes a function's binary as it is deployed, and copies it.
func build(dir, pkg string) ([]string, error) {
	linked := filepath.Join(dir, "linked")
	if _, err := lambda.Build(pkg, linked); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(linked)
	if err != nil {
		return nil, err
	}
	var binaries []string
	for i := range copies {
		binary := fmt.Sprintf("%s-%d", filepath.Join(dir, filepath.Base(pkg)), i)
		if err := os.WriteFile(binary, content, 0o755); err != nil {
			return nil, err
		}
		binaries = append(binaries, binary)
	}
	return binaries, nil
}

// timeToFix starts a function in front of a local account and waits for its
// repair to arrive there.
func timeToFix(binary string) (took time.Duration, peakMemory int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	fixed := make(chan time.Time, 1)
	account := localaws.New(localaws.Options{Observe: func(h localaws.Activity) {
		if h.Call != nil && h.Call.Operation == "ecs:PutAccountSettingDefault" {
			select {
			case fixed <- time.Now():
			default:
			}
		}
	}})
	if err := account.Start("127.0.0.1:0"); err != nil {
		return 0, 0, err
	}
	defer account.Close()
	topic, err := account.CreateTopic(region, "alerts")
	if err != nil {
		return 0, 0, err
	}
	guard := localaws.Everyone().Guard
	start := time.Now()
	function, err := lambda.Start(binary, functionARN, []string{
		"AWS_ENDPOINT_URL=" + account.Endpoint(), "AWS_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + guard.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + guard.SecretAccessKey,
		"FIPSGUARD_TOPIC_ARN=" + topic,
	})
	if err != nil {
		return 0, 0, err
	}
	_, err = function.Invoke(ctx, turnedOff())
	function.Close()
	if err != nil {
		return 0, 0, err
	}
	return (<-fixed).Sub(start), function.PeakMemory(), nil
}

// timeToAnswer starts a function and waits for its answer to one event.
func timeToAnswer(binary string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	start := time.Now()
	function, err := lambda.Start(binary, functionARN, nil)
	if err != nil {
		return 0, err
	}
	defer function.Close()
	if _, err := function.Invoke(ctx, turnedOff()); err != nil {
		return 0, err
	}
	return time.Since(start), nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
