package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/simulation"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// asProgram has this test's binary be fipsguard, so that it can get signals.
const asProgram = "FIPSGUARD_TEST_DRILL"

// TestAsProgram is no test: TestDrillCleansUpAfterSignals runs it.
func TestAsProgram(t *testing.T) {
	if os.Getenv(asProgram) == "" {
		t.Skip("TestDrillCleansUpAfterSignals runs it")
	}
	os.Exit(int(run([]string{"drill"}, &terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, width: usualWidth})))
}

// TestDrillCleansUpAfterSignals: Ctrl-C in a pipeline ends who reads as well, and a
// terminal that closes ends whatever runs in it. The drill cleans up all the same.
func TestDrillCleansUpAfterSignals(t *testing.T) {
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP} {
		t.Run(sent.String(), func(t *testing.T) {
			s := drilled(t)
			program := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAsProgram$")
			program.Env = append(os.Environ(), asProgram+"=1")
			out, err := program.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := program.Start(); err != nil {
				t.Fatal(err)
			}
			said := ""
			for lines := bufio.NewScanner(out); !strings.Contains(said, "definition-arm64") && lines.Scan(); {
				said += lines.Text() + "\n"
			}
			for range 500 { // the definition is about to be there
				if len(drillsDefinitions(t, s)) > 0 {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if len(drillsDefinitions(t, s)) == 0 {
				t.Fatalf("it registers nothing, and says %q", said)
			}
			_ = out.Close() // nobody reads any more
			if err := program.Process.Signal(sent); err != nil {
				t.Fatal(err)
			}
			_ = program.Wait()
			if code := program.ProcessState.ExitCode(); code != int(exitUnreadable) {
				t.Errorf("it ends with %s", program.ProcessState)
			}
			if left := drillsDefinitions(t, s); len(left) > 0 {
				t.Errorf("%s are left", left)
			}
		})
	}
}

// drillsDefinitions are the ACTIVE and INACTIVE ones of the drill's family.
func drillsDefinitions(t *testing.T, s *simulation.Account) []string {
	t.Helper()
	family := "fipsguard-drill-arm64"
	client := ecs.NewFromConfig(s.AWS.Config(localaws.Everyone().Admin, simulation.Region))
	var all []string
	for _, status := range []types.TaskDefinitionStatus{types.TaskDefinitionStatusActive, types.TaskDefinitionStatusInactive} {
		out, err := client.ListTaskDefinitions(t.Context(), &ecs.ListTaskDefinitionsInput{FamilyPrefix: &family, Status: status})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out.TaskDefinitionArns...)
	}
	return all
}
