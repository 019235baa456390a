package parameter_test

import (
	"testing"

	"fipsguard/internal/aws/parameter"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
	"fipsguard/internal/policydoc"

	"github.com/google/go-cmp/cmp"
)

// TestRead: versions as they were written, and the same reason whenever the same
// is wrong.
func TestRead(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	p := parameter.Parameter{Config: localtest.Config(a, localaws.Everyone().Guard, localtest.West), Name: "fipsguard-policy"}
	reads := func(version int64, want policydoc.Document, wrong string) {
		t.Helper()
		for range 2 {
			got, err := p.Read(t.Context(), version)
			reason := ""
			if err != nil {
				reason = err.Error()
			}
			if diff := cmp.Diff(want, got); diff != "" || reason != wrong {
				t.Errorf("version %d: error %q, want %q (-want +got):\n%s", version, reason, wrong, diff)
			}
		}
	}
	reads(0, policydoc.Document{}, "fipsguard-policy: there is no such parameter")
	for _, text := range []string{"one", "two"} {
		if err := a.WriteParameter(localtest.West, p.Name, text); err != nil {
			t.Fatal(err)
		}
	}
	reads(0, policydoc.Document{Text: "two", Version: 2}, "")
	reads(1, policydoc.Document{Text: "one", Version: 1}, "")
	reads(3, policydoc.Document{}, "fipsguard-policy:3: there is no such parameter")
	a.Deny(localaws.Everyone().Guard, "ssm:GetParameter")
	reads(0, policydoc.Document{}, "fipsguard-policy: Systems Manager answered AccessDeniedException")
	a.Deny(localaws.Everyone().Guard)
	p.Config.RetryMaxAttempts = 1
	a.Inject(localaws.Fault{Operation: "GetParameter", Effect: localaws.DropConnection})
	reads(0, policydoc.Document{}, "fipsguard-policy: Systems Manager did not answer")
}
