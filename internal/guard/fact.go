package guard

import "time"

// Fact is a question about AWS that its documentation leaves open, with what AWS
// answered in a drill or a scan.
type Fact struct {
	Question Question  `json:"question"`
	Asked    string    `json:"asked"` // the call, or where the answer stands
	Answer   string    `json:"answer"`
	At       time.Time `json:"at"`
}

// Question is one of docs/live-checklist.md.
type Question string

// The questions that a scan answers by what it reads anyway. A drill answers some
// of them, and others.
const (
	AskLatency   Question = "Time from the call to the event"
	AskLookup    Question = "How late LookupEvents shows a call"
	AskPatterns  Question = "Whether EventBridge answers a rule's pattern as CloudFormation was given it"
	AskResources Question = "Whether AWS answers each resource as CloudFormation was given it"
	AskMoment    Question = "Whether createdAt or a later moment decides which kernel a task gets"
	AskHowSoon   Question = "How soon after a change of the setting new tasks get the other kernel"
	AskWitness   Question = "The witness's task"
	AskCluster   Question = "ecs:cluster in the verifier's permission for RunTask"
	AskARM       Question = "Whether an ARM64 or Windows task starts while FIPS mode is on"
	AskOld       Question = "Whether a task can still be launched on platform version 1.3.0"
	AskExec      Question = "ECS Exec's answers from real tasks"
	AskProviders Question = "Managed Instances with fipsEnabled false"
	AskManaged   Question = "Kernels of tasks on Managed Instances"
)
