package ssm_test

import (
	"fmt"
	"strings"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// TestAParametersVersions: each write is a version, which stays readable by its
// number, until the parameter is deleted or a hundred more were written.
func TestAParametersVersions(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := ssm.NewFromConfig(localtest.Config(a, localaws.Everyone().Admin, localtest.West))
	put := func(value string) int64 {
		t.Helper()
		out, err := client.PutParameter(t.Context(), &ssm.PutParameterInput{
			Name: aws.String("fipsguard-policy"), Value: &value, Type: types.ParameterTypeString, Tier: types.ParameterTierAdvanced, Overwrite: aws.Bool(true),
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Version
	}
	get := func(name string) (string, string) {
		out, err := client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &name})
		if err != nil {
			return "", localtest.Code(err)
		}
		return fmt.Sprintf("%s v%d", *out.Parameter.Value, out.Parameter.Version), ""
	}
	is := func(name, want, wantCode string) {
		t.Helper()
		if got, code := get(name); got != want || code != wantCode {
			t.Errorf("%s is %q, error %s; want %q, %s", name, got, code, want, wantCode)
		}
	}
	is("fipsguard-policy", "", "ParameterNotFound")
	for i := range int64(3) {
		if got := put(fmt.Sprint("text ", i+1)); got != i+1 {
			t.Errorf("write %d is version %d", i+1, got)
		}
	}
	is("fipsguard-policy", "text 3 v3", "")
	is("fipsguard-policy:2", "text 2 v2", "")
	is("fipsguard-policy:4", "", "ParameterVersionNotFound")
	is("fipsguard-policy:x", "", "ParameterVersionNotFound")
	for i := range 100 {
		put(fmt.Sprint("more ", i))
	}
	is("fipsguard-policy:3", "", "ParameterVersionNotFound")
	is("fipsguard-policy:4", "more 0 v4", "")
	if _, err := client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String("fipsguard-policy")}); err != nil {
		t.Fatal(err)
	}
	is("fipsguard-policy:103", "", "ParameterNotFound")
	if got := put("again"); got != 1 {
		t.Errorf("after it was deleted, the first version is %d", got)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	if err := a.WriteParameter(localtest.West, "taken", "x"); err != nil {
		t.Fatal(err)
	}
	client := ssm.NewFromConfig(localtest.Config(a, localaws.Everyone().Admin, localtest.West))
	for _, c := range []struct {
		in   ssm.PutParameterInput
		want string
	}{
		{ssm.PutParameterInput{Name: aws.String("taken"), Value: aws.String("x"), Type: types.ParameterTypeString}, "ParameterAlreadyExists"},
		{ssm.PutParameterInput{Name: aws.String("new"), Value: aws.String("x")}, "ValidationException"},
		{ssm.PutParameterInput{Name: aws.String("a b"), Value: aws.String("x"), Type: types.ParameterTypeString}, "ValidationException"},
		{ssm.PutParameterInput{Name: aws.String("new"), Value: aws.String(strings.Repeat("x", 4097)), Type: types.ParameterTypeString}, "ValidationException"},
		{ssm.PutParameterInput{Name: aws.String("new"), Value: aws.String(strings.Repeat("x", 8192)), Type: types.ParameterTypeString, Tier: types.ParameterTierAdvanced}, ""},
		{ssm.PutParameterInput{Name: aws.String("new"), Value: aws.String(strings.Repeat("x", 8193)), Overwrite: aws.Bool(true)}, "ValidationException"},
	} {
		if _, err := client.PutParameter(t.Context(), &c.in); localtest.Code(err) != c.want {
			t.Errorf("%s with %d bytes: %v, want %q", *c.in.Name, len(*c.in.Value), err, c.want)
		}
	}
	if err := a.RemoveParameter(localtest.West, "never"); err == nil {
		t.Error("a parameter that was never there is deleted")
	}
}
