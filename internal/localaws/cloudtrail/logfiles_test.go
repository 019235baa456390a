package cloudtrail_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"regexp"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
)

// logged are the event IDs in a bucket's log files by key, without the files'
// own identifiers.
func logged(t *testing.T, a *localaws.Account, client *s3.Client) map[string][]string {
	t.Helper()
	identifier := regexp.MustCompile(`_[0-9A-Za-z]{16}\.json\.gz$`)
	all := map[string][]string{}
	for _, o := range a.Objects("evidence") {
		out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("evidence"), Key: &o.Key})
		if err != nil {
			t.Fatal(err)
		}
		unzipped, err := gzip.NewReader(out.Body)
		if err != nil {
			t.Fatalf("%s: %v", o.Key, err)
		}
		data, err := io.ReadAll(unzipped)
		if err != nil {
			t.Fatalf("%s: %v", o.Key, err)
		}
		var file struct{ Records []localaws.Record }
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", o.Key, err)
		}
		if bytes.Count(data, []byte("\n")) != 1 || !identifier.MatchString(o.Key) {
			t.Errorf("%s has more than one line, or a name without identifier", o.Key)
		}
		for _, r := range file.Records {
			key := identifier.ReplaceAllString(o.Key, "")
			all[key] = append(all[key], r.EventID)
		}
	}
	return all
}

func TestLogFilesOfATrail(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	if err := a.CreateBucket(localtest.West, "evidence"); err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(localtest.Config(a, localaws.Everyone().Guard, localtest.West), func(o *s3.Options) { o.UsePathStyle = true })
	admin := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	write := func() {
		t.Helper()
		if err := localtest.PutDefault(t, admin, "disabled"); err != nil {
			t.Fatal(err)
		}
	}
	write()
	localtest.Advance(t, a, 4*time.Minute+59*time.Second)
	write()
	if err := localtest.PutDefault(t, localtest.ECS(a, localaws.Everyone().Admin, localtest.East), "disabled"); err != nil {
		t.Fatal(err)
	}
	localtest.Advance(t, a, time.Second)
	write()
	for range 2 {
		if err := a.DeliverTrailLog(localtest.West, "evidence", "org"); err != nil {
			t.Fatal(err)
		}
	}
	id := func(n int) string { return a.Records()[n].EventID }
	const (
		folder = "AWSLogs/111122223333/CloudTrail/us-gov-west-1/2026/11/"
		first  = folder + "02/111122223333_CloudTrail_us-gov-west-1_20261102T1200Z"
		second = folder + "02/111122223333_CloudTrail_us-gov-west-1_20261102T1205Z"
		third  = folder + "03/111122223333_CloudTrail_us-gov-west-1_20261103T0005Z"
	)
	want := map[string][]string{"org/" + first: {id(0), id(1)}, "org/" + second: {id(3)}}
	if diff := cmp.Diff(want, logged(t, a, client)); diff != "" {
		t.Errorf("events by log file (-want +got):\n%s", diff)
	}
	localtest.Advance(t, a, 12*time.Hour)
	write()
	for _, prefix := range []string{"org", ""} {
		if err := a.DeliverTrailLog(localtest.West, "evidence", prefix); err != nil {
			t.Fatal(err)
		}
	}
	want["org/"+third] = []string{id(4)}
	want[first], want[second], want[third] = []string{id(0), id(1)}, []string{id(3)}, []string{id(4)}
	if diff := cmp.Diff(want, logged(t, a, client)); diff != "" {
		t.Errorf("events by log file, after another delivery and one without prefix (-want +got):\n%s", diff)
	}
	if a.DeliverTrailLog(localtest.West, "none", "") == nil || a.DeliverTrailLog("us-east-1", "evidence", "") == nil {
		t.Error("log files were delivered to a bucket, or of a Region, that is not there")
	}
}
