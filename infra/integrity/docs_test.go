package integrity

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSecurityPageHasTheTable: for every call of the table, what stands against
// it, by evaluation of the published policies.
func TestSecurityPageHasTheTable(t *testing.T) {
	const file, begin, end = "../../docs/security.md", "<!-- made by go test ./infra/integrity -update -->\n", "<!-- end -->"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the table", file)
	}
	want := before + begin + table(t) + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Errorf("the table in %s is not this one: run go test ./infra/integrity -update", file)
	}
}

func table(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| someone… | with | alert | SCP | RCP | self-check |\n|---|---|---|---|---|---|\n")
	calls := map[string]request{}
	var unrecorded []string
	recorded := map[string]bool{}
	for _, part := range Parts() {
		for _, action := range part.Actions() {
			recorded[action] = true
		}
	}
	for _, r := range silencing() {
		r.principal = arnOfRole("Admin")
		calls[r.action] = r
		if !recorded[r.action] && !slices.Contains(unrecorded, r.action) {
			unrecorded = append(unrecorded, r.action)
		}
	}
	against := func(actions []string, policies ...Policy) string {
		denied := 0
		for _, action := range actions {
			r, known := calls[action]
			for _, p := range policies {
				if known && p.denies(r) {
					denied++
					break
				}
			}
		}
		switch denied {
		case 0:
			return "–"
		case len(actions):
			return "denied"
		}
		t.Errorf("of %v only %d are denied", actions, denied)
		return "in part"
	}
	rcp := IntegrityRCP(DefaultExempt())
	for _, part := range Parts() {
		actions := part.Actions()
		fmt.Fprintf(&b, "| %s | %s | `fipsguard-tamper-%s` | %s | %s | %s |\n", part.Did, names(part.Calls), part.Name, against(actions, published()...), against(actions, rcp), found(t, part))
	}
	for _, action := range unrecorded {
		if strings.HasPrefix(action, "organizations:") {
			fmt.Fprintf(&b, "| takes the account out of the organization | `%s` | – | %s | – | – |\n", action, against([]string{action}, published()...))
			continue
		}
		fmt.Fprintf(&b, "| acts in the guard's place | `%s` | not recorded by default | %s | %s | – |\n", action, against([]string{action}, published()...), against([]string{action}, rcp))
	}
	return b.String()
}

// found is which of a part's calls the self-check finds afterwards.
func found(t *testing.T, part Part) string {
	t.Helper()
	unread, known := SelfCheck()[part.Name]
	for _, call := range unread {
		if !slices.Contains(part.Calls, call) {
			t.Errorf("the self-check is said not to find %s, which is no call on part %s", call, part.Name)
		}
	}
	switch {
	case !known:
		return "–"
	case len(unread) == 0:
		return "finds it"
	}
	return "finds it, but for " + names(unread)
}

func names(calls []string) string {
	var all []string
	for _, call := range calls {
		all = append(all, "`"+strings.TrimSuffix(call, "*")+"`")
	}
	return strings.Join(all, " ")
}
