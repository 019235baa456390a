package chaos

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	planted  = flag.Bool("planted", false, "plant faults in the guard, one at a time, and say which story finds each")
	planting = flag.String("plant", "", "only the faults whose name has this in it")
)

// fault is something that a change could break: in a file, text instead of
// other text.
type fault struct {
	name, file, old, new string
	test                 string // which finds what no story can; empty where stories find it
}

// faults are replanted whenever this test runs; one whose text is not in the
// code any more fails.
var faults = []fault{
	{"an empty list of settings is unknown", "internal/aws/ecsapi/setting.go", "def.Mode = guard.ModeOff\n", "def.Unknown = \"ECS answered nothing\"\n", ""},
	{"a failed publish is remembered as reported", "internal/enforcer/notify.go", "sent, err := e.send(ctx, fresh)\n", "e.reported.Remember(fresh)\n\tsent, err := e.send(ctx, fresh)\n", ""},
	{"a failed publish counts as the alert that others join", "internal/enforcer/notify.go", "e.joiner.Settle(r, sent, now)", "e.joiner.Settle(r, true, now)", ""},
	{"an exemption's suffix covers too much", "internal/guard/policy.go", "return strings.HasSuffix(rest, last)", "return strings.Contains(rest, last)", ""},
	{"an event is reported before the repair", "internal/enforcer/setting.go", "	setting := e.fixSetting(ctx, remediate.Occasion{Location: location, Recorded", "	_ = e.notify(ctx, e.report(ev.Cause, recorded, nil))\n	setting := e.fixSetting(ctx, remediate.Occasion{Location: location, Recorded", ""},
	{"the policy's faults are published before the repair", "internal/enforcer/workload.go", "	findings, outcomes, err := e.fixWorkloads(fixing, held.Policy, ev)\n", "	_ = e.tellPolicyFaults(ctx, location, held)\n	findings, outcomes, err := e.fixWorkloads(fixing, held.Policy, ev)\n", "internal/enforcer TestFaults"},
	{"each kind of scan request has a group of its own", "infra/rules.go", "MessageGroupId: jsii.String(by.group)", "MessageGroupId: jsii.String(by.group + by.look)", "infra TestTemplates"},
	{"alerts are joined without the actor", "internal/dedup/key.go", "line += fmt.Sprintf(\" %q by %q %q\", f.Identity().Resource, r.Cause.Actor.Name, r.Cause.Actor.ARN)", "line += fmt.Sprintf(\" %q\", f.Identity().Resource)", ""},
	{"the verdict rests on the event alone", "internal/enforcer/workload.go", "observed, err := e.Account.ObserveTaskDefinition(ctx, d)", "observed, err := d, ctx.Err()", ""},
	{"half of every bucket for each process", "internal/wiring/share.go", "	ScanShare = 0.5\n	GateShare = (1 - ScanShare) / product.GateExecutions\n", "	ScanShare = 1.0\n	GateShare = 1.0 + 0*product.GateExecutions\n", ""},
	{"what the guard ended is taken for reported", "internal/verifier/past.go", "case period.Seen.IsZero() && byGuard(period.Ended) && period.Until.Before(r.Since):", "case byGuard(period.Ended):", ""},
	{"a state that cannot be read is taken for an empty one", "internal/verifier/tell.go", "if was.unread == \"\" {", "if true {", "internal/verifier TestAScanThatCannotReadItsStateTakesNothingForReported"},
	{"a scan names people before their event can have come", "internal/verifier/past.go", "case !period.Lasts && (now.Sub(period.Until) < guard.Settling || blind && byGuard(period.Ended)):", "case !period.Lasts && blind && byGuard(period.Ended):", ""},
	{"the enforcer reports what is long over", "internal/enforcer/setting.go", "> enforcersWord {", "> 24*time.Hour {", "internal/enforcer TestAScanTellsOfWhatIsLongOver"},
	{"an audited rule is enforced", "internal/guard/policy.go", "		return \"The policy only audits this rule.\"\n", "", ""},
	{"workloads are fixed by a policy with faults", "internal/config/policy.go", "guard.DefaultPolicy().OnlySettings()", "guard.DefaultPolicy()", ""},
	{"the platform of a definition for EC2 counts", "internal/guard/capacity.go", "	counts := requested\n	if len(counts) == 0 {", "	counts := append(requested, computed...)\n	if len(counts) == 0 {", ""},
	{"a running task is stopped", "internal/guard/task.go", "case \"PROVISIONING\", \"PENDING\", \"ACTIVATING\":\n		return false", "case \"PROVISIONING\", \"PENDING\", \"ACTIVATING\", \"RUNNING\":\n		return false", ""},
	{"what failed in a batch is acknowledged", "internal/wiring/enforcer.go", "			failed = append(failed, message.ID)\n", "", ""},
	{"the minute checks nothing", "internal/wiring/enforcer.go", "return nil, h.enforcer.EveryMinute(ctx, location)", "return nil, nil", ""},
	{"errors do not reach Lambda", "internal/wiring/enforcer.go", "	return nil, h.enforcer.Respond(ctx, location, event)\n", "	_ = h.enforcer.Respond(ctx, location, event)\n	return nil, nil\n", "internal/wiring TestWhatFailsReachesLambda"},
	{"an expired exemption holds", "internal/guard/policy.go", "if now.Before(e.Expires) && matchResource", "if matchResource", ""},
	{"the minute's finding is not reported", "internal/enforcer/past.go", "return p.reported != \"\" && p.reported == left(s)", "return true", ""},
	{"scans forget the history", "internal/verifier/past.go", "		default:\n			parts, named", "		case true:\n		default:\n			parts, named", ""},
	{"a scan repeats what the enforcer reported and lasts", "internal/verifier/lasting.go", "!known && ok", "known && ok", ""},
	{"two attempts of a session at once", "internal/scan/ask.go", "	check, err := r.attempt(ctx, t, able[0])\n", "	go r.attempt(ctx, t, able[0])\n	check, err := r.attempt(ctx, t, able[0])\n", "internal/scan TestWhatKernelsSay"},
	{"a command does not wait for its turn in a container", "internal/aws/ecsexec/turn.go", "if !busy {", "if !busy || true {", "internal/aws/ecsexec TestOneSessionPerContainer"},
}

// TestPlantedFaults plants each fault and plays stories until one breaks a
// promise, or runs the test that finds it.
func TestPlantedFaults(t *testing.T) {
	if !*planted {
		t.Skip("it takes minutes: go test ./internal/simulation/chaos -run TestPlantedFaults -planted -seeds 1000 -v -timeout 0")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if !strings.Contains(f.name, *planting) {
			continue
		}
		overlay, err := f.plant(root, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		by, promise := f.find(root, overlay)
		if by == "" {
			t.Errorf("%s: nothing finds it: %s", f.name, promise)
			continue
		}
		t.Logf("| %s | %s | %s |", f.name, by, promise)
	}
}

// TestWhatIsPlantedIsInTheCode: a fault whose place is gone would find nothing.
func TestWhatIsPlantedIsInTheCode(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if _, err := f.plant(root, t.TempDir()); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// TestThePageHasTheFaults: docs/chaos.md has the faults that are planted, no others,
// and the tests that it names are in the packages that it names.
func TestThePageHasTheFaults(t *testing.T) {
	text, err := os.ReadFile("../../../docs/chaos.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(text), "## Planted faults")
	page, before, _ := strings.Cut(page, "## What went wrong before")
	rows := regexp.MustCompile(`(?m)^\| ([^|]+) \| `).FindAllStringSubmatch(page, -1)
	has := map[string]bool{"fault": true}
	for _, f := range faults {
		has[f.name] = true
		if !strings.Contains(page, "| "+f.name+" |") {
			t.Errorf("docs/chaos.md does not have %q", f.name)
		}
	}
	for _, row := range rows {
		if name := row[1]; !has[name] && strings.Trim(name, "-|") != "" {
			t.Errorf("docs/chaos.md has %q, which is not planted", name)
		}
	}
	in := ""
	for _, word := range regexp.MustCompile("`[a-z/]+`|Test[A-Za-z0-9]+").FindAllString(page+before, -1) {
		if pkg, ok := strings.CutPrefix(word, "`"); ok {
			in = strings.TrimPrefix(strings.TrimSuffix(pkg, "`"), "internal/")
		} else if in != "" && !declares(t, in, word) {
			t.Errorf("docs/chaos.md names %s in %s, where it is not", word, in)
		}
	}
}

// declares reports whether a package has a test.
func declares(t *testing.T, pkg, test string) bool {
	t.Helper()
	var files []string
	for _, dir := range []string{"../../" + pkg, "../../../" + pkg} {
		found, err := filepath.Glob(dir + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(code, []byte("func "+test+"(")) {
			return true
		}
	}
	return false
}

// plant writes an overlay in which the fault is in the code.
func (f fault) plant(root, dir string) (string, error) {
	path := filepath.Join(root, f.file)
	code, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	changed := strings.Replace(string(code), f.old, f.new, 1)
	if changed == string(code) {
		return "", fmt.Errorf("%s has no %q", f.file, f.old)
	}
	instead := filepath.Join(dir, filepath.Base(f.file))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: instead}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, errors.Join(os.WriteFile(instead, []byte(changed), 0o600), os.WriteFile(name, overlay, 0o600))
}

var (
	foundBy = regexp.MustCompile(`seed (\d+), policy`)
	because = regexp.MustCompile(`BROKEN ([^:]+):`)
)

// find plays stories with the fault, or runs its test, and returns which one
// finds it first, and the promise that it breaks; otherwise nothing and why.
func (f fault) find(root, overlay string) (by, promise string) {
	pkg, test, ofTest := strings.Cut(f.test, " ")
	arguments := []string{"test", "-count=1", "-timeout=0", "-overlay=" + overlay}
	if ofTest {
		arguments = append(arguments, "./"+pkg, "-run=^"+test+"$")
	} else {
		arguments = append(arguments, "./internal/simulation/chaos", "-run=^TestChaos$", "-failures=1", "-unshrunk",
			fmt.Sprintf("-seeds=%d", *seeds), fmt.Sprintf("-first=%d", *first))
	}
	command := exec.Command("go", arguments...)
	command.Dir = root
	out, err := command.CombinedOutput()
	if ofTest && bytes.Contains(out, []byte("--- FAIL: "+test)) {
		return test, "(a test of " + pkg + ")"
	}
	seed := foundBy.FindAllSubmatch(out, -1) // the stories that are always played come first
	broken := because.FindAllSubmatch(out, -1)
	switch {
	case err == nil:
		return "", "all is well"
	case ofTest || seed == nil || broken == nil:
		return "", string(out[:min(len(out), 300)])
	}
	return string(seed[len(seed)-1][1]), string(broken[len(broken)-1][1])
}
