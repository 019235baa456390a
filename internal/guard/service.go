package guard

// Service is what a service, or one of its task sets, asks its scheduler for.
type Service struct {
	ARN             string
	Name            string // what to ask ECS for while the ARN is unknown
	Cluster         string
	Definition      TaskDefinition
	Fargate         Answer
	PlatformVersion string // as asked for: "LATEST" and empty are resolved at launch
	VersionUnknown  bool   // the platform version was not legible, which an empty one is not
	Controller      string // ECS, CODE_DEPLOY, EXTERNAL; empty is unknown
	DesiredCount    int
	MinimumCount    int    // Application Auto Scaling's minimum; 0 without a scalable target
	Deployment      string // identifies what was asked for; a service is touched once per deployment
	Replacement     string // newest compliant ACTIVE revision of the family; empty when there is none
	Unknown         string // why something is unknown, as the end of a sentence: "because …"
}

// Subject is the service's ARN, or as much of it as is known.
func (s Service) Subject() string {
	if s.ARN == "" && s.Name != "" {
		return "service/" + orUnknown(s.Cluster) + "/" + s.Name
	}
	return orUnknown(s.ARN)
}

func checkService(s Service) Finding {
	if s.Fargate == No {
		return finding(ServicePlatform, s, NotApplicable, "It does not run on Fargate.")
	}
	wrong, unclear := s.Definition.Platform.faults()
	if s.VersionUnknown {
		unclear = append(unclear, "platform version")
	} else {
		w, u := versionFaults(s.Definition.Platform.OS, s.PlatformVersion)
		wrong, unclear = appendText(wrong, w), appendText(unclear, u)
	}
	return platformFinding(ServicePlatform, s, s.Fargate, wrong, unclear, s.Unknown, "LINUX / X86_64, platform version "+orLatest(s.PlatformVersion)+".")
}

// serviceRemedy respects the deployment controller: with CODE_DEPLOY and
// EXTERNAL, ECS lets only the desired count be changed. A desired count of 0 is
// undone by Application Auto Scaling unless its minimum is 0 too.
func serviceRemedy(s Service, remedy ServiceRemedy) Call {
	if s.ARN == "" || s.DesiredCount == 0 {
		return nil
	}
	switch remedy {
	case RollBack:
		if s.Controller != "ECS" || s.Replacement == "" {
			return nil
		}
		return RollBackService{Cluster: s.Cluster, Service: s.ARN, TaskDefinition: s.Replacement, PlatformVersion: latest}
	case ScaleToZero:
		if s.MinimumCount > 0 {
			return nil
		}
		return ScaleServiceToZero{Cluster: s.Cluster, Service: s.ARN}
	case AlertOnly:
	}
	return nil
}
