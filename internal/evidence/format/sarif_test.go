package format_test

import (
	"io"
	"testing"

	"fipsguard/internal/evidence/evidencetest"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/guard"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

func TestSARIFSaysWhereAndHowBad(t *testing.T) {
	all := []format.Located{
		{File: "well.json", Line: 1, Rule: guard.TaskDefinitionPlatform, Status: guard.Compliant},
		{File: "dir/../a b.json", Line: 3, Column: 5, Rule: guard.TaskDefinitionPlatform, Status: guard.NonCompliant, Severity: guard.High, Message: "broken"},
		{File: "-", Rule: guard.TaskDefinitionPlatform, Status: guard.InsufficientData, Severity: guard.Warning, Message: "unknown"},
	}
	report, err := sarif.FromBytes(evidencetest.Written(t, func(out io.Writer) error { return format.WriteSARIF(out, all) }))
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(); err != nil {
		t.Errorf("not SARIF 2.1.0: %v", err)
	}
	results := report.Runs[0].Results
	if len(results) != 2 {
		t.Fatalf("%d results of 3 findings, of which one is compliant", len(results))
	}
	for i, want := range []struct {
		level, uri, message string
		line, column        int
	}{{"error", "a%20b.json", "broken", 3, 5}, {"warning", "stdin", "unknown", 1, 1}} {
		got, place := results[i], results[i].Locations[0].PhysicalLocation
		if got.Level != want.level || *got.Message.Text != want.message || *place.ArtifactLocation.URI != want.uri || *place.Region.StartLine != want.line || *place.Region.StartColumn != want.column {
			t.Errorf("result %d: %s %q at %s:%d:%d, want %+v", i, got.Level, *got.Message.Text, *place.ArtifactLocation.URI, *place.Region.StartLine, *place.Region.StartColumn, want)
		}
	}
}
