package localaws_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"fipsguard/internal/independent"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/google/go-cmp/cmp"
)

// TestAWSCommandLine: a client that knows nothing of this package, as two
// principals.
func TestAWSCommandLine(t *testing.T) {
	program := independent.Program(t, "aws")
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	run := func(p localaws.Principal, args ...string) (map[string]any, error) {
		cmd := exec.CommandContext(t.Context(), program, append([]string{"ecs", "--output", "json"}, args...)...)
		cmd.Env = append(os.Environ(),
			"AWS_ACCESS_KEY_ID="+p.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+p.SecretAccessKey, "AWS_SESSION_TOKEN=",
			"AWS_ENDPOINT_URL="+a.Endpoint(), "AWS_REGION="+localtest.West, "AWS_DEFAULT_REGION="+localtest.West,
			"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=")
		out, err := cmd.Output()
		if err != nil {
			return nil, err
		}
		var tree map[string]any
		return tree, json.Unmarshal(out, &tree)
	}
	set := func(value, principal string) map[string]any {
		return map[string]any{"name": "fargateFIPSMode", "value": value, "principalArn": principal, "type": "user"}
	}
	list := func(settings ...any) map[string]any { return map[string]any{"settings": append([]any{}, settings...)} }
	one := func(setting any) map[string]any { return map[string]any{"setting": setting} }
	steps := []struct {
		who  localaws.Principal
		args []string
		want map[string]any
	}{
		{all.Admin, []string{"put-account-setting-default", "--name", "fargateFIPSMode", "--value", "enabled"}, one(set("enabled", all.Admin.ARN))},
		{all.Application, []string{"put-account-setting", "--name", "fargateFIPSMode", "--value", "disabled"}, one(set("disabled", all.Application.ARN))},
		{all.Admin, []string{"list-account-settings", "--name", "fargateFIPSMode", "--effective-settings"}, list(set("enabled", all.Root.ARN))},
		{all.Admin, []string{"list-account-settings", "--name", "fargateFIPSMode"}, list()},
		{all.Application, []string{"list-account-settings", "--name", "fargateFIPSMode", "--effective-settings"}, list(set("disabled", all.Application.ARN))},
		{all.Admin, []string{"delete-account-setting", "--name", "fargateFIPSMode", "--principal-arn", all.Application.ARN}, nil},
		{all.Application, []string{"delete-account-setting", "--name", "fargateFIPSMode"}, one(set("disabled", all.Application.ARN))},
		{all.Application, []string{"list-account-settings", "--name", "fargateFIPSMode", "--effective-settings"}, list(set("enabled", all.Root.ARN))},
	}
	for _, s := range steps {
		got, err := run(s.who, s.args...)
		if s.want == nil {
			if err == nil {
				t.Errorf("%s: aws ecs %v was not refused", s.who.CallerARN(), s.args)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: aws ecs %v: %v", s.who.CallerARN(), s.args, err)
		}
		if diff := cmp.Diff(s.want, got); diff != "" {
			t.Errorf("%s: aws ecs %v (-want +got):\n%s", s.who.CallerARN(), s.args, diff)
		}
	}
}
