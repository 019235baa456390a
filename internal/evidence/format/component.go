package format

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"

	oscal "github.com/defenseunicorns/go-oscal/src/types/oscal-1-2-2"
)

// catalog is what the controls are taken from.
const catalog = "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json"

// Component makes the rule table an OSCAL component definition: a component of
// type validation that names the controls that each rule relates to, in the
// words by which tools find rules (Rule_Id, Rule_Description), so that they map
// observations to controls by themselves.
func Component(version string, changed time.Time) oscal.OscalCompleteSchema {
	var props []oscal.Property
	var requirements []oscal.ImplementedRequirementControlImplementation
	at := map[guard.Control]int{}
	for i, r := range guard.Rules() {
		set := fmt.Sprintf("rule_set_%02d", i)
		for _, p := range [][2]string{
			{"Rule_Id", string(r.ID)}, {"Rule_Description", r.Requirement}, {"Check_Id", string(r.ID)}, {"Check_Description", r.Why}, {"Method", string(r.Method)},
		} {
			props = append(props, oscal.Property{Name: p[0], Ns: oscalNamespace, Value: p[1], Remarks: set})
		}
		for _, c := range r.Controls {
			n, ok := at[c]
			if !ok {
				n = len(requirements)
				at[c] = n
				requirements = append(requirements, requirement(evidence.Control{ID: c, Title: c.Title(), Objective: c.Objective()}))
			}
			rules := requirements[n].Props
			*rules = append(*rules, oscal.Property{Name: "Rule_Id", Ns: oscalNamespace, Value: string(r.ID)})
		}
	}
	return oscal.OscalCompleteSchema{ComponentDefinition: &oscal.ComponentDefinition{
		UUID:     uuid("component-definition", version),
		Metadata: oscal.Metadata{Title: "fipsguard's rules", LastModified: changed.UTC(), Version: version, OscalVersion: oscalVersion},
		Components: &[]oscal.DefinedComponent{{
			UUID: uuid("component"), Type: "validation", Title: "fipsguard", Props: &props,
			Description: "Checks FIPS-140 mode of ECS's serverless compute (Fargate, Managed Instances), and the guard that keeps Fargate's on.",
			ControlImplementations: &[]oscal.ControlImplementationSet{{
				UUID: uuid("control-implementation"), Source: catalog, ImplementedRequirements: requirements,
				Description: "The controls that the rules relate to. Whether one is satisfied only an assessor can say.",
			}},
		}},
	}}
}

func requirement(c evidence.Control) oscal.ImplementedRequirementControlImplementation {
	return oscal.ImplementedRequirementControlImplementation{
		UUID: uuid("requirement", string(c.ID)), ControlId: string(c.ID),
		Description: fmt.Sprintf("Of %s the rules cover a part: assessment objective %s.", c.Title, c.Objective),
		Props:       &[]oscal.Property{{Name: "objective", Ns: oscalNamespace, Value: c.Objective}},
	}
}

// WriteComponent writes the component definition as JSON.
func WriteComponent(out io.Writer, version string, changed time.Time) error {
	if err := json.NewEncoder(out).Encode(Component(version, changed)); err != nil {
		return fmt.Errorf("write the OSCAL component definition: %w", err)
	}
	return nil
}
