package main

import (
	"io"
	"net/url"
	"path/filepath"

	"fipsguard/internal/guard"
	"fipsguard/internal/sanitize"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// writeSARIF writes findings as SARIF 2.1.0, as code scanning reads it: what
// is compliant is left out.
func writeSARIF(out io.Writer, all []checked) error {
	run := sarif.NewRunWithInformationURI("fipsguard", "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-fips-compliance.html")
	for _, r := range guard.Rules() {
		run.AddRule(string(r.ID)).
			WithDescription(r.Requirement).
			WithFullDescription(sarif.NewMultiformatMessageString().WithText(r.Requirement + " " + r.Why)).
			WithHelp(sarif.NewMultiformatMessageString().WithText(r.Remedy(nil))).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel("error"))
	}
	for _, f := range all {
		if f.Severity == guard.Info {
			continue
		}
		level := "error"
		if f.Status == guard.InsufficientData {
			level = "warning"
		}
		place := sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
			WithArtifactLocation(sarif.NewSimpleArtifactLocation(artifactURI(f.File))).
			WithRegion(sarif.NewRegion().WithStartLine(max(1, f.Line)).WithStartColumn(max(1, f.Column))))
		run.CreateResultForRule(string(f.Rule)).
			WithLevel(level).
			WithMessage(sarif.NewTextMessage(sanitize.Terminal(f.Name + ": " + f.Reason + " " + f.Remedy))).
			AddLocation(place)
	}
	return sarif.NewReport().AddRun(run).PrettyWrite(out)
}

// artifactURI is a file's relative URI, which code scanning finds in the
// repository; the standard input has none.
func artifactURI(name string) string {
	if name == "-" {
		return "stdin"
	}
	return (&url.URL{Path: filepath.ToSlash(filepath.Clean(name))}).String()
}
