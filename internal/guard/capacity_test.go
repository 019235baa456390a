package guard

import "testing"

// TestEveryKindOfCapacity goes through every combination of launch type,
// capacity provider and platform version, and of compatibilities.
func TestEveryKindOfCapacity(t *testing.T) {
	fargate := map[string]bool{"FARGATE": true, "fargate": true, "FARGATE_SPOT": true}
	for _, launchType := range []string{"", "FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES"} {
		for _, provider := range []string{"", "FARGATE", "fargate", "FARGATE_SPOT", "my-asg"} {
			for _, version := range []string{"", "1.3.0", "1.4.0", "1.10.0", "LATEST", "1.0.0"} {
				want := No
				switch {
				case fargate[launchType], fargate[provider], version != "":
					want = Yes
				case launchType == "" && provider == "":
					want = Unknown
				}
				if got := TaskOnFargate(launchType, provider, version); got != want {
					t.Errorf("launch type %q, provider %q, version %q: on Fargate %s, want %s", launchType, provider, version, got, want)
				}
			}
		}
	}
	lists := map[string][]string{"none": nil, "EC2": {"EC2"}, "EC2 and FARGATE": {"EC2", "FARGATE"}, "EXTERNAL": {"EXTERNAL"}, "MANAGED_INSTANCES": {"MANAGED_INSTANCES"}, "fargate": {"fargate"}}
	has := map[string]bool{"EC2 and FARGATE": true, "fargate": true}
	for r, requested := range lists {
		for c, computed := range lists {
			want := No
			switch {
			case has[r], r == "none" && has[c]:
				want = Yes
			case r == "none" && c == "none":
				want = Unknown // ECS may compute FARGATE for who did not ask for it
			}
			if got := DefinitionOnFargate(requested, computed); got != want {
				t.Errorf("requested %s, computed %s: on Fargate %s, want %s", r, c, got, want)
			}
		}
	}
}

func TestOmittedPlatformMembersAreDefaults(t *testing.T) {
	empty, arm, windows := "", "arm64", "Windows_Server_2019_Core"
	cases := []struct {
		os, arch *string
		want     Platform
	}{
		{nil, nil, Platform{"LINUX", "X86_64"}},
		{nil, &arm, Platform{"LINUX", "ARM64"}},
		{&windows, nil, Platform{"WINDOWS_SERVER_2019_CORE", "X86_64"}},
		{&empty, &empty, Platform{}},
	}
	for _, c := range cases {
		if got := DefinitionPlatform(c.os, c.arch); got != c.want {
			t.Errorf("got %+v, want %+v", got, c.want)
		}
	}
}
