package manifest

import (
	"strings"

	"fipsguard/internal/guard"
)

// decodeService: a service whose deployment controller is EXTERNAL starts nothing
// itself; its task sets do.
func decodeService(r resource) []statement {
	subject := r.serviceSubject()
	controller := r.properties.get(object, "DeploymentController").get(word, "Type")
	if strings.EqualFold(controller.known(), "EXTERNAL") {
		return []statement{{
			at: r.at, about: aboutService, subjects: []string{subject},
			note: "Its deployment controller is EXTERNAL: its task sets decide, and are checked where they are.",
		}}
	}
	s := r.launch(aboutService, "", r.properties, r.properties.get(name, "Cluster"))
	s.subjects = append(s.subjects, subject)
	return []statement{s}
}

func decodeTaskSet(r resource) []statement {
	return []statement{r.launch(aboutService, "", r.properties, r.properties.get(name, "Cluster"))}
}

// serviceSubject is the service's ARN, as far as the file shows it.
func (r resource) serviceSubject() string {
	part := func(v value) string {
		if text := clusterName(v.known()); text != "" && !isPlaceholder(text) {
			return text
		}
		return "?"
	}
	return arn(r.options, "service", part(r.properties.get(name, "Cluster"))+"/"+part(r.properties.get(name, "ServiceName", "Name")))
}

// decodeExpress: Express Mode registers a definition of its own and chooses the
// architecture (docs/facts.md, "What ECS computes").
func decodeExpress(r resource) []statement {
	return []statement{unknown(aboutService, "", r.at, value{
		unknown: "Express Mode chooses the platform itself", at: r.at, cause: cause{kind: code, name: "ECS Express Mode"},
	})}
}

func decodeEKS(r resource) []statement {
	return []statement{unknown(aboutDefinition, "", r.at, value{
		unknown: "fargateFIPSMode is a setting of ECS, not of EKS", at: r.at, cause: cause{kind: code, name: "Fargate for EKS"},
	})}
}

// decodeAppSpec reads what CodeDeploy is told to deploy to ECS services, one of a
// list of objects with one member.
func decodeAppSpec(r resource) []statement {
	properties := r.properties.get(object, "Properties")
	if kind := r.properties.get(word, "Type"); !strings.EqualFold(kind.known(), "AWS::ECS::Service") && kind.unknown == "" {
		return nil
	}
	return []statement{r.launch(aboutService, "", properties, value{})}
}

// decodeRunTask reads the parameters of RunTask.
func decodeRunTask(r resource) []statement {
	return []statement{r.launch(aboutTask, "", r.properties, r.properties.get(name, "Cluster"))}
}

// decodeJobDefinition: Batch registers a task definition of its own for a job
// definition, so the platform stands in the job definition alone. Without
// platform capabilities it is for EC2.
func decodeJobDefinition(r resource) []statement {
	capabilities, why := r.compatibilities("PlatformCapabilities")
	answer := guard.DefinitionOnFargate(capabilities, nil)
	switch {
	case answer == guard.Yes:
	case why != "":
		answer = guard.Unknown
	default:
		answer = guard.No
	}
	var all []statement
	add := func(part string, v, version value) {
		s := statement{part: part, at: r.at, about: aboutTask, subjects: r.jobSubjects()}
		s.facts.fargate, s.facts.elsewhere = answer, why
		s.facts.platform, s.facts.unknown, s.attributes = platformOf(v, "")
		s.platformVersion(version, v)
		if answer == guard.Unknown {
			s.attributes = append(s.attributes, r.asks("PlatformCapabilities"))
		}
		all = append(all, s)
	}
	if tasks := embedded(r.properties.get(anything, "EcsProperties")).get(list, "TaskProperties"); !tasks.isLeftOut() {
		for _, t := range tasks.list("TaskProperties", object) {
			add("", t, t.get(word, "PlatformVersion"))
		}
		if tasks.unknown != "" {
			return []statement{unknown(aboutTask, "", r.at, tasks)}
		}
		return all
	}
	container := embedded(r.properties.get(anything, "ContainerProperties"))
	add("", container, container.get(object, "FargatePlatformConfiguration").get(word, "PlatformVersion"))
	return all
}

// jobSubjects: the family of the definition that Batch registers is the job
// definition's name.
func (r resource) jobSubjects() []string {
	family := r.properties.get(name, "JobDefinitionName", "Name").known()
	if subject := subjectOf(r.options, family); subject != "" {
		return []string{subject}
	}
	return nil
}

// submit is the launch of a job. A job definition of the same file is checked
// there.
func (r resource) submit(part string, reference value) []statement {
	if reference.isLeftOut() || refers(reference, "AWS::Batch::JobDefinition") {
		return nil
	}
	missing := reference.but(firstText(reference.unknown, "its job definition is not in this file"))
	missing.cause = cause{kind: elsewhere, name: "the job definition"}
	return []statement{unknown(aboutTask, part, reference.at, missing)}
}
