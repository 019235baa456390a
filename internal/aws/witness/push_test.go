package witness

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fipsguard/internal/independent"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
	"fipsguard/internal/product"
	"fipsguard/internal/witness"
)

// recorder keeps the calls that are made of ECR.
type recorder struct {
	client interface {
		Do(*http.Request) (*http.Response, error)
	}
	calls []map[string]any
	// instead replaces this image's digest in answers, where it is not empty.
	instead string
}

func (r *recorder) Do(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	r.calls = append(r.calls, map[string]any{"operation": operation, "parameters": json.RawMessage(body)})
	response, err := r.client.Do(request)
	if err != nil || r.instead == "" {
		return response, err
	}
	answer, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(strings.NewReader(strings.ReplaceAll(string(answer), witness.Digest, r.instead)))
	return response, err
}

// repositoryIn is the guard's repository, as the stack makes it.
func repositoryIn(t *testing.T, a *localaws.Account) (Repository, *recorder) {
	t.Helper()
	config := localtest.Config(a, localaws.Everyone().Admin, localtest.West)
	calls := &recorder{client: config.HTTPClient}
	config.HTTPClient = calls
	r := Repository{config}
	if err := r.call(t.Context(), "CreateRepository", map[string]string{"repositoryName": product.Witness}, &struct{}{}); err != nil {
		t.Fatal(err)
	}
	return r, calls
}

// TestPush: what was pushed is there by the digest of the task definition, and
// pushing again changes nothing.
func TestPush(t *testing.T) {
	r, _ := repositoryIn(t, localtest.Start(t, localaws.Options{}))
	for _, want := range []bool{false, true} {
		if there, err := r.Push(t.Context()); err != nil || there != want {
			t.Fatalf("pushed; there already: %t, error %v", there, err)
		}
	}
	var out struct {
		Images []struct {
			ImageManifest string `json:"imageManifest"`
		} `json:"images"`
	}
	byDigest := map[string]any{"repositoryName": product.Witness, "imageIds": []map[string]string{{"imageDigest": witness.Digest}}}
	if err := r.call(t.Context(), "BatchGetImage", byDigest, &out); err != nil || len(out.Images) != 1 {
		t.Fatalf("%d images of digest %s, error %v", len(out.Images), witness.Digest, err)
	}
}

// TestPushIsResumed: a push that failed at any call says which, and is whole when
// it is repeated.
func TestPushIsResumed(t *testing.T) {
	admin := localaws.Everyone().Admin
	for _, failing := range []string{"BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"} {
		a := localtest.Start(t, localaws.Options{})
		r, _ := repositoryIn(t, a)
		a.Deny(admin, "ecr:"+failing)
		if _, err := r.Push(t.Context()); err == nil || !strings.Contains(err.Error(), failing) {
			t.Errorf("without permission for %s the error is %v", failing, err)
		}
		a.Deny(admin)
		if there, err := r.Push(t.Context()); err != nil || there {
			t.Errorf("after %s failed: there already: %t, error %v", failing, there, err)
		}
	}
}

// TestPushOfAnotherImage: ECR's word for what it stored has to be ours.
func TestPushOfAnotherImage(t *testing.T) {
	r, calls := repositoryIn(t, localtest.Start(t, localaws.Options{}))
	calls.instead = "sha256:" + strings.Repeat("0", 64)
	if _, err := r.Push(t.Context()); err == nil || !strings.Contains(err.Error(), "instead of "+witness.Digest) {
		t.Errorf("ECR stored another image, and the error is %v", err)
	}
}

// model holds calls against AWS's own model of ECR.
const model = `import base64, json, sys
try:
    import botocore.session, botocore.validate
except ImportError:
    sys.exit("no botocore")
service = botocore.session.get_session().get_service_model("ecr")
for call in json.load(open(sys.argv[1])):
    shape, given = service.operation_model(call["operation"]).input_shape, call["parameters"]
    if "layerPartBlob" in given:
        given["layerPartBlob"] = base64.b64decode(given["layerPartBlob"])
    report = botocore.validate.ParamValidator().validate(given, shape)
    unknown = set(given) - set(shape.members)
    if report.has_errors() or unknown:
        sys.exit(call["operation"] + ": " + report.generate_report() + str(unknown or ""))
`

func TestCallsFitTheModelOfECR(t *testing.T) {
	python := independent.Program(t, "python3")
	r, calls := repositoryIn(t, localtest.Start(t, localaws.Options{}))
	if _, err := r.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(calls.calls) != 10 {
		t.Errorf("%d calls", len(calls.calls))
	}
	text, err := json.Marshal(calls.calls)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "calls.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", model, file).CombinedOutput()
	switch {
	case strings.HasPrefix(string(out), "no botocore"):
		t.Skip("python3 has no botocore")
	case err != nil:
		t.Errorf("%v: %s", err, out)
	}
}
