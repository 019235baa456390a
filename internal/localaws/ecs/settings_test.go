package ecs_test

import (
	"errors"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

func TestAccountDefaultHoldsForThoseWithoutOverride(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	admin, app, root := localtest.ECS(a, all.Admin, localtest.West), localtest.ECS(a, all.Application, localtest.West), localtest.ECS(a, all.Root, localtest.West)
	rootARN, appARN := all.Root.ARN, all.Application.ARN
	steps := []struct {
		does                                string
		call                                func() error
		adminSees, appSees, appOwn, rootOwn string
	}{
		{"nobody did anything", func() error { return nil },
			"disabled of " + rootARN, "disabled of " + rootARN, "nothing", "nothing"},
		{"an administrator sets the default", func() error { return localtest.PutDefault(t, admin, "enabled") },
			"enabled of " + rootARN, "enabled of " + rootARN, "nothing", "enabled of " + rootARN},
		{"a role turns it off for itself", func() error { return localtest.PutOwn(t, app, "disabled", "") },
			"enabled of " + rootARN, "disabled of " + appARN, "disabled of " + appARN, "enabled of " + rootARN},
		{"root sets another's override", func() error { return localtest.PutOwn(t, root, "on", appARN) },
			"enabled of " + rootARN, "on of " + appARN, "on of " + appARN, "enabled of " + rootARN},
		{"root without a principal sets the default", func() error { return localtest.PutOwn(t, root, "off", "") },
			"off of " + rootARN, "on of " + appARN, "on of " + appARN, "off of " + rootARN},
		{"anybody naming root sets the default", func() error { return localtest.PutOwn(t, app, "Enabled", rootARN) },
			"Enabled of " + rootARN, "on of " + appARN, "on of " + appARN, "Enabled of " + rootARN},
		{"a role deletes its override", func() error { return localtest.DeleteSetting(t, app, "") },
			"Enabled of " + rootARN, "Enabled of " + rootARN, "nothing", "Enabled of " + rootARN},
		{"a role deletes the override that it has not", func() error { return localtest.DeleteSetting(t, app, appARN) },
			"Enabled of " + rootARN, "Enabled of " + rootARN, "nothing", "Enabled of " + rootARN},
		{"root deletes the account's value", func() error { return localtest.DeleteSetting(t, root, "") },
			"disabled of " + rootARN, "disabled of " + rootARN, "nothing", "nothing"},
	}
	for _, step := range steps {
		if err := step.call(); err != nil {
			t.Fatalf("%s: %v", step.does, err)
		}
		got := []string{localtest.Listed(t, admin, true), localtest.Listed(t, app, true), localtest.Listed(t, app, false), localtest.Listed(t, root, false)}
		want := []string{step.adminSees, step.appSees, step.appOwn, step.rootOwn}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %s, admin and role see, role and root have (-want +got):\n%s", step.does, diff)
		}
	}
}

func TestSettingsAreOfOneRegion(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	admin := localaws.Everyone().Admin
	if err := localtest.PutDefault(t, localtest.ECS(a, admin, localtest.West), "enabled"); err != nil {
		t.Fatal(err)
	}
	if got, want := localtest.Listed(t, localtest.ECS(a, admin, localtest.East), true), "disabled of "+localaws.Everyone().Root.ARN; got != want {
		t.Errorf("the default set in %s shows in %s: %s, want %s", localtest.West, localtest.East, got, want)
	}
}

func TestSettingCallsRefused(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	all := localaws.Everyone()
	admin, app := localtest.ECS(a, all.Admin, localtest.West), localtest.ECS(a, all.Application, localtest.West)
	put := func(name, value, principal string) error {
		in := &ecs.PutAccountSettingInput{Name: types.SettingName(name), Value: &value}
		if principal != "" {
			in.PrincipalArn = &principal
		}
		_, err := admin.PutAccountSetting(t.Context(), in)
		return err
	}
	cases := []struct {
		does string
		err  error
		want string
	}{
		{"another's override set by an administrator", localtest.PutOwn(t, admin, "enabled", all.Application.ARN), "AccessDeniedException"},
		{"another's override deleted by a role", localtest.DeleteSetting(t, app, all.Admin.ARN), "AccessDeniedException"},
		{"a value that is none", localtest.PutDefault(t, admin, "perhaps"), "InvalidParameterException"},
		{"an empty value", localtest.PutDefault(t, admin, ""), "InvalidParameterException"},
		{"a setting that is none", put("fargateFipsMod", "enabled", ""), "InvalidParameterException"},
		{"a read-only setting", put("guardDutyActivate", "on", ""), "InvalidParameterException"},
		{"a principal that is none", put("fargateFIPSMode", "enabled", "jane"), "InvalidParameterException"},
		{"a principal of another account", put("fargateFIPSMode", "enabled", "arn:aws-us-gov:iam::999999999999:user/x"), "InvalidParameterException"},
	}
	for _, c := range cases {
		if got := localtest.Code(c.err); got != c.want {
			t.Errorf("%s: got %q, want %q", c.does, got, c.want)
		}
	}
	var typed *types.AccessDeniedException
	if !errors.As(cases[0].err, &typed) {
		t.Errorf("the SDK does not know the refusal as AccessDeniedException: %v", cases[0].err)
	}
	if got := localtest.Listed(t, app, false); got != "nothing" {
		t.Errorf("a refused call changed a setting: %s", got)
	}
}

func TestEveryEffectiveSettingIsListedInPages(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	client := localtest.ECS(a, localaws.Everyone().Admin, localtest.West)
	pages := ecs.NewListAccountSettingsPaginator(client, &ecs.ListAccountSettingsInput{EffectiveSettings: true, MaxResults: 4})
	seen := map[types.SettingName]int{}
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatalf("list account settings: %v", err)
		}
		if len(out.Settings) > 4 {
			t.Errorf("a page has %d settings, more than the 4 asked for", len(out.Settings))
		}
		for _, s := range out.Settings {
			seen[s.Name]++
		}
	}
	for _, name := range types.SettingName("").Values() {
		if seen[name] != 1 {
			t.Errorf("setting %s of the API is listed %d times, want once", name, seen[name])
		}
	}
}
