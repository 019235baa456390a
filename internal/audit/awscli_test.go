package audit

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/independent"
)

// TestTheAWSCLIAgrees holds digests against `aws cloudtrail validate-logs`, where
// its checks reach: signatures, log files that are altered or missing.
func TestTheAWSCLIAgrees(t *testing.T) {
	aws := independent.Program(t, "aws")
	tests := []struct {
		name   string
		change func(*day)
	}{
		{"sound", func(*day) {}},
		{"a log file is altered", func(d *day) { d.files[d.logs["09:00"]] = zipped(d.t, text(d.t, d.run("x", "08:20", 7))) }},
		{"a log file is packed anew", func(d *day) { d.files[d.logs["09:00"]] = zipped(d.t, unzipped(d.t, d.files[d.logs["09:00"]])) }},
		{"a log file is missing", func(d *day) { delete(d.files, d.logs["09:00"]) }},
		{"a digest is altered", func(d *day) {
			key := d.digests["09:00"]
			d.files[key] = zipped(d.t, append(unzipped(d.t, d.files[key]), '\n'))
		}},
		{"a digest has another's signature", func(d *day) { d.signatures[d.digests["09:00"]] = d.signatures[d.digests["10:00"]] }},
		{"a digest is another file's", func(d *day) { d.files[d.digests["09:00"]] = d.files[d.digests["10:00"]] }},
		{"a digest is no JSON", func(d *day) { d.files[d.digests["09:00"]] = zipped(d.t, []byte("{")) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDay(t)
			test.change(d)
			var ours []string
			for _, f := range d.audit(Options{Keys: keysOf(signingKey()), Thorough: true}).Files.Faulty {
				ours = append(ours, f.Path)
			}
			theirs := d.validateLogs(aws)
			slices.Sort(theirs)
			if !slices.Equal(ours, theirs) {
				t.Errorf("we find fault with\n%s\nthe AWS CLI with\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
			}
		})
	}
}

// validateLogs runs the AWS CLI against the bucket and returns the keys of the
// files that it calls invalid.
func (d *day) validateLogs(aws string) []string {
	d.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(d.serve))
	defer server.Close()
	config := filepath.Join(d.t.TempDir(), "config")
	if err := os.WriteFile(config, []byte("[default]\ns3 =\n  addressing_style = path\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command(aws, "cloudtrail", "validate-logs", "--trail-arn", "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main",
		"--start-time", "2026-11-20T05:00:00Z", "--end-time", "2026-11-20T14:00:00Z", "--verbose")
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+server.URL, "AWS_DEFAULT_REGION=us-gov-west-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_CONFIG_FILE="+config)
	out, err := cmd.CombinedOutput()
	if !strings.Contains(string(out), "Results requested") {
		d.t.Fatalf("validate-logs: %v\n%s", err, out)
	}
	var invalid []string
	for line := range strings.Lines(string(out)) {
		if fields := strings.Split(line, "\t"); len(fields) > 2 && strings.HasPrefix(fields[2], "INVALID") {
			invalid = append(invalid, strings.TrimPrefix(fields[1], "s3://logs/"))
		}
	}
	return invalid
}

// serve answers as S3 and CloudTrail, as far as validate-logs asks.
func (d *day) serve(w http.ResponseWriter, r *http.Request) {
	switch target := r.Header.Get("X-Amz-Target"); {
	case strings.HasSuffix(target, "ListPublicKeys"):
		key := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&signingKey().PublicKey))
		writeJSON(w, map[string]any{"PublicKeyList": []any{map[string]any{"Value": key, "Fingerprint": "key-0", "ValidityStartTime": 1700000000, "ValidityEndTime": 1900000000}}})
		return
	case strings.HasSuffix(target, "DescribeTrails"):
		writeJSON(w, map[string]any{"trailList": []any{map[string]any{"TrailARN": "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/main", "S3BucketName": "logs"}}})
		return
	}
	query := r.URL.Query()
	key := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/logs"), "/")
	data, found := d.files[key]
	switch {
	case query.Has("location"):
		fmt.Fprint(w, `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">us-gov-west-1</LocationConstraint>`)
	case key == "":
		var keys []string
		for name := range d.files {
			if strings.HasPrefix(name, query.Get("prefix")) && name > query.Get("marker") {
				keys = append(keys, name)
			}
		}
		slices.Sort(keys)
		fmt.Fprint(w, `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>logs</Name><IsTruncated>false</IsTruncated>`)
		for _, name := range keys {
			fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>1</Size></Contents>", name)
		}
		fmt.Fprint(w, `</ListBucketResult>`)
	case !found:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
	default:
		if signature, ok := d.signatures[key]; ok {
			// As S3 writes them; the AWS CLI minds the letter case.
			w.Header()["x-amz-meta-signature"] = []string{signature}
			w.Header()["x-amz-meta-signature-algorithm"] = []string{"SHA256withRSA"}
		}
		_, _ = w.Write(data)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(v)
}
