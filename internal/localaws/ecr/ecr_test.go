package ecr_test

import (
	"strings"
	"testing"

	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
)

// TestRefusals: what ECR refuses, the local account does, too.
func TestRefusals(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	registry := signedcall.Registry(localtest.Config(a, localaws.Everyone().Admin, localtest.West))
	call := func(operation string, in map[string]any) (map[string]any, string) {
		t.Helper()
		in["repositoryName"] = "r"
		out := map[string]any{}
		return out, localtest.Code(registry.Call(t.Context(), operation, in, &out))
	}
	if _, code := call("InitiateLayerUpload", map[string]any{}); code != "RepositoryNotFoundException" {
		t.Errorf("without a repository: %q", code)
	}
	if err := a.CreateRepository(localtest.West, "r"); err != nil {
		t.Fatal(err)
	}
	if err := a.CreateRepository(localtest.West, "r"); err == nil {
		t.Error("a repository is made twice")
	}
	begun, _ := call("InitiateLayerUpload", map[string]any{})
	const ofABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	missing := `{"config":{"digest":"` + ofABC + `"}}`
	for _, c := range []struct {
		what, operation string
		in              map[string]any
		code            string
	}{
		{"nothing uploaded", "CompleteLayerUpload", map[string]any{"uploadId": begun["uploadId"], "layerDigests": []string{ofABC}}, "EmptyUploadException"},
		{"a gap", "UploadLayerPart", map[string]any{"uploadId": begun["uploadId"], "partFirstByte": 1, "partLastByte": 3, "layerPartBlob": []byte("abc")}, "InvalidLayerPartException"},
		{"another length", "UploadLayerPart", map[string]any{"uploadId": begun["uploadId"], "partFirstByte": 0, "partLastByte": 3, "layerPartBlob": []byte("abc")}, "InvalidLayerPartException"},
		{"another upload", "UploadLayerPart", map[string]any{"uploadId": "1", "partFirstByte": 0, "partLastByte": 2, "layerPartBlob": []byte("abc")}, "UploadNotFoundException"},
		{"a part", "UploadLayerPart", map[string]any{"uploadId": begun["uploadId"], "partFirstByte": 0, "partLastByte": 2, "layerPartBlob": []byte("abc")}, ""},
		{"another digest", "CompleteLayerUpload", map[string]any{"uploadId": begun["uploadId"], "layerDigests": []string{strings.Replace(ofABC, "b", "c", 1)}}, "InvalidLayerException"},
		{"an image before its layers", "PutImage", map[string]any{"imageManifest": missing, "imageTag": "1"}, "LayersNotFoundException"},
		{"the whole layer", "CompleteLayerUpload", map[string]any{"uploadId": begun["uploadId"], "layerDigests": []string{ofABC}}, ""},
		{"an image with another digest", "PutImage", map[string]any{"imageManifest": missing, "imageTag": "1", "imageDigest": ofABC}, "ImageDigestDoesNotMatchException"},
		{"an image", "PutImage", map[string]any{"imageManifest": missing, "imageTag": "1"}, ""},
		{"the same image", "PutImage", map[string]any{"imageManifest": missing, "imageTag": "1"}, "ImageAlreadyExistsException"},
		{"another image of that tag", "PutImage", map[string]any{"imageManifest": missing + " ", "imageTag": "1"}, "ImageTagAlreadyExistsException"},
		{"no manifest", "PutImage", map[string]any{"imageManifest": "{", "imageTag": "2"}, "InvalidParameterException"},
	} {
		if _, code := call(c.operation, c.in); code != c.code {
			t.Errorf("%s: %q, want %q", c.what, code, c.code)
		}
	}
}
