package format

import (
	"encoding/json"
	"io"
	"strings"

	"fipsguard/internal/guard"
)

// The parts of SARIF 2.1.0 that are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string             `json:"id"`
		Name                 string             `json:"name"`
		ShortDescription     sarifText          `json:"shortDescription"`
		FullDescription      sarifText          `json:"fullDescription"`
		Help                 sarifText          `json:"help"`
		DefaultConfiguration sarifConfiguration `json:"defaultConfiguration"`
		Properties           sarifProperties    `json:"properties"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Tags     []string `json:"tags"`
		Severity string   `json:"security-severity"` // by which GitHub sorts
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPlace     `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPlace struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
)

// WriteSARIF writes findings as SARIF 2.1.0, as code scanning reads it: what
// is compliant is left out. version is the tool's.
func WriteSARIF(out io.Writer, version string, all []Located, unread []Unread) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "fipsguard", Version: version, InformationURI: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-fips-compliance.html",
		}},
		Invocations: []sarifInvocation{{Successful: len(unread) == 0}},
		ColumnKind:  "unicodeCodePoints",
		Results:     []sarifResult{},
	}
	index := map[guard.RuleID]int{}
	for i, r := range guard.Rules() {
		index[r.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleInSARIF(r))
	}
	for _, u := range unread {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{
			"error", sarifText{u.Reason}, []sarifLocation{{Physical: sarifPlace{Artifact: sarifArtifact{artifactURI(u.File)}}}},
		})
	}
	prints := fingerprints(all)
	for i, l := range all {
		if l.Severity > guard.Info {
			run.Results = append(run.Results, l.inSARIF(index[l.Rule], prints[i]))
		}
	}
	text := json.NewEncoder(out)
	text.SetEscapeHTML(false)
	text.SetIndent("", "  ")
	return text.Encode(sarifLog{
		Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func ruleInSARIF(r guard.Rule) sarifRule {
	rule := sarifRule{
		ID: string(r.ID), Name: pascalCase(string(r.ID)), ShortDescription: sarifText{r.Requirement}, FullDescription: sarifText{r.Requirement + " " + r.Why},
		Help: sarifText{r.Remedy(nil)}, DefaultConfiguration: sarifConfiguration{"error"},
		Properties: sarifProperties{Tags: []string{"security", "fips"}, Severity: "7.5"},
	}
	if r.Severity == guard.Critical {
		rule.Properties.Severity = "9.5"
	}
	return rule
}

// pascalCase makes TaskExposed of task-exposed.
func pascalCase(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func (l Located) inSARIF(index int, print string) sarifResult {
	place := sarifLocation{Physical: sarifPlace{Artifact: sarifArtifact{artifactURI(l.File)}, Region: &sarifRegion{max(1, l.Line), max(1, l.Column)}}}
	if l.Name != "" {
		place.Logical = []sarifLogical{{l.Name}}
	}
	r := sarifResult{
		RuleID: string(l.Rule), RuleIndex: index, Level: "error", Message: sarifText{l.Message},
		Locations: []sarifLocation{place}, Fingerprints: map[string]string{"fipsguard/v1": print},
	}
	if l.Status == guard.InsufficientData {
		r.Level = "warning"
	}
	if l.Ignored != "" {
		r.Suppressions = []sarifSuppression{{"external", l.Ignored}}
		if l.InFile {
			r.Suppressions[0].Kind = "inSource"
		}
	}
	return r
}
