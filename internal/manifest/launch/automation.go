package launch

import "strings"

// decodeAutomation reads the API calls of a runbook of Systems Manager. What its
// scripts do is code; a document of another type makes no calls.
func decodeAutomation(r Resource) []Statement {
	if kind := r.Properties.get(word, "DocumentType"); !strings.EqualFold(kind.Known(), "Automation") && kind.Unknown == "" {
		return nil
	}
	content := embedded(r.Properties.get(anything, "Content"))
	steps := content.get(list, "mainSteps")
	if steps.Unknown != "" {
		return []Statement{unknown(aboutTask, "", r.At, steps)}
	}
	var all []Statement
	for _, step := range steps.list("mainSteps", object) {
		part := "step " + step.get(name, "name").Known()
		inputs := step.get(object, "inputs")
		switch strings.ToLower(step.get(name, "action").Known()) {
		case "aws:executeawsapi":
			all = append(all, r.call(part, inputs.get(name, "Service").Known(), inputs.get(name, "Api").Known(), inputs)...)
		case "aws:createstack":
			all = append(all, r.call(part, "cloudformation", "createStack", inputs)...)
		}
	}
	return all
}
