package launch

import (
	"strings"

	"fipsguard/internal/guard"
)

// decodeService: a service whose deployment controller is EXTERNAL starts nothing
// itself; its task sets do.
func decodeService(r Resource) []Statement {
	subject := r.serviceSubject()
	controller := r.Properties.get(object, "DeploymentController").get(word, "Type")
	if strings.EqualFold(controller.Known(), "EXTERNAL") {
		return []Statement{{
			at: r.At, about: aboutService, subjects: []string{subject},
			note: "Its deployment controller is EXTERNAL: its task sets decide, and are checked where they are.",
		}}
	}
	s := r.launch(aboutService, "", r.Properties, r.Properties.get(name, "Cluster"))
	s.subjects = append(s.subjects, subject)
	return []Statement{s}
}

func decodeTaskSet(r Resource) []Statement {
	return []Statement{r.launch(aboutService, "", r.Properties, r.Properties.get(name, "Cluster"))}
}

// serviceSubject is the service's ARN, as far as the file shows it.
func (r Resource) serviceSubject() string {
	part := func(v Value) string {
		if text := clusterName(v.Known()); text != "" && !IsPlaceholder(text) {
			return text
		}
		return "?"
	}
	return arn(r.Options, "service", part(r.Properties.get(name, "Cluster"))+"/"+part(r.Properties.get(name, "ServiceName", "Name")))
}

// decodeExpress: Express Mode registers a definition of its own and chooses the
// architecture (docs/facts.md, "What ECS computes").
func decodeExpress(r Resource) []Statement {
	return []Statement{unknown(aboutService, "", r.At, Value{
		Unknown: "Express Mode chooses the platform itself", At: r.At, Cause: Cause{Kind: code, Name: "ECS Express Mode"},
	})}
}

func decodeEKS(r Resource) []Statement {
	return []Statement{unknown(aboutDefinition, "", r.At, Value{
		Unknown: "fargateFIPSMode is a setting of ECS, not of EKS", At: r.At, Cause: Cause{Kind: code, Name: "Fargate for EKS"},
	})}
}

// decodeAppSpec reads what CodeDeploy is told to deploy to ECS services, one of a
// list of objects with one member.
func decodeAppSpec(r Resource) []Statement {
	properties := r.Properties.get(object, "Properties")
	if kind := r.Properties.get(word, "Type"); !strings.EqualFold(kind.Known(), "AWS::ECS::Service") && kind.Unknown == "" {
		return nil
	}
	return []Statement{r.launch(aboutService, "", properties, Value{})}
}

// decodeRunTask reads the parameters of RunTask.
func decodeRunTask(r Resource) []Statement {
	return []Statement{r.launch(aboutTask, "", r.Properties, r.Properties.get(name, "Cluster"))}
}

// decodeJobDefinition: Batch registers a task definition of its own for a job
// definition, so the platform stands in the job definition alone. Without
// platform capabilities it is for EC2.
func decodeJobDefinition(r Resource) []Statement {
	capabilities, why := r.compatibilities("PlatformCapabilities")
	answer := guard.DefinitionOnFargate(capabilities, nil)
	switch {
	case answer == guard.Yes:
	case why != "":
		answer = guard.Unknown
	default:
		answer = guard.No
	}
	var all []Statement
	add := func(part string, v, version Value) {
		s := Statement{part: part, at: r.At, about: aboutTask, subjects: r.jobSubjects()}
		s.facts.fargate, s.facts.elsewhere = answer, why
		s.facts.platform, s.facts.unknown, s.attributes = platformOf(v, "")
		s.platformVersion(version, v)
		if answer == guard.Unknown {
			s.attributes = append(s.attributes, r.asks("PlatformCapabilities"))
		}
		all = append(all, s)
	}
	if tasks := embedded(r.Properties.get(anything, "EcsProperties")).get(list, "TaskProperties"); !tasks.IsLeftOut() {
		for _, t := range tasks.list("TaskProperties", object) {
			add("", t, t.get(word, "PlatformVersion"))
		}
		if tasks.Unknown != "" {
			return []Statement{unknown(aboutTask, "", r.At, tasks)}
		}
		return all
	}
	container := embedded(r.Properties.get(anything, "ContainerProperties"))
	add("", container, container.get(object, "FargatePlatformConfiguration").get(word, "PlatformVersion"))
	return all
}

// jobSubjects: the family of the definition that Batch registers is the job
// definition's name.
func (r Resource) jobSubjects() []string {
	family := r.Properties.get(name, "JobDefinitionName", "Name").Known()
	if subject := subjectOf(r.Options, family); subject != "" {
		return []string{subject}
	}
	return nil
}

// submit is the launch of a job. A job definition of the same file is checked
// there.
func (r Resource) submit(part string, reference Value) []Statement {
	if reference.IsLeftOut() || refers(reference, "AWS::Batch::JobDefinition") {
		return nil
	}
	missing := reference.But(FirstText(reference.Unknown, "its job definition is not in this file"))
	missing.Cause = Cause{Kind: elsewhere, Name: "the job definition"}
	return []Statement{unknown(aboutTask, part, reference.At, missing)}
}
