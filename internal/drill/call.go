package drill

import (
	"cmp"
	"slices"
	"strings"

	"fipsguard/internal/product"
)

// The names under which a drill leaves anything. Clean finds it by them.
const (
	Prefix    = product.Drill + "-" // of families of task definitions
	armFamily = Prefix + "arm64"
	x86Family = Prefix + "x86-64"
	StartedBy = product.Drill // of tasks
	TaskTag   = product.Drill // their tag, by which the role may stop them
)

// families are all of the drill's.
func families() []string { return []string{armFamily, x86Family} }

// Caller says whose permissions a call needs.
type Caller string

// The callers.
const (
	You  Caller = "you"
	Role Caller = "the drill's role"
)

// Call is one API call that a drill may make, or a permission that a call of AWS
// needs besides its own.
type Call struct {
	Action string // as IAM policies name it
	By     Caller
	// On is what the permission is limited to: a resource of the Region and
	// account, such as task-definition/NAME of ecs, or * where AWS knows no
	// resource, or no useful one.
	On        string
	Condition map[string]map[string]string // of IAM
	Why       string
	Writes    bool
	Implied   bool // no call: a permission that others need
}

// If is the condition on which the permission is given, as the end of a sentence;
// empty where there is none.
func (c Call) If() string {
	var all []string
	for _, keys := range c.Condition {
		for key, value := range keys {
			all = append(all, key+" is "+value)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " and ")
}

// settingOnly limits a write of settings to the one of FIPS mode.
func settingOnly() map[string]map[string]string {
	return map[string]map[string]string{"StringEquals": {"ecs:account-setting": "fargateFIPSMode"}}
}

// reads are the calls of every drill, whatever its steps.
func reads() []Call {
	rules, trails := "events:rule/"+product.Prefix+"*", "cloudtrail:*:*:trail/*"
	var all []Call
	add := func(on, why string, actions ...string) {
		for _, action := range actions {
			all = append(all, Call{Action: action, By: Role, On: on, Why: why})
		}
	}
	add("*", "reads FIPS mode, and whether the role has an override", "ecs:ListAccountSettings")
	add("*", "finds what a drill left, and whether the guard deregistered it", "ecs:ListTaskDefinitions", "ecs:DescribeTaskDefinition")
	add("*", "finds tasks that a drill left, or that run", "ecs:ListClusters", "ecs:ListTasks")
	add("ecs:task/*", "reads how far a task got", "ecs:DescribeTasks")
	add("*", "checks that a trail is logging", "cloudtrail:DescribeTrails")
	add(trails, "checks that a trail is logging", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors")
	add("*", "finds the record of its own calls", "cloudtrail:LookupEvents")
	add(rules, "checks the guard's rules", "events:DescribeRule", "events:ListTargetsByRule")
	add("sns:"+product.Alerts, "checks who gets alerts", "sns:ListSubscriptionsByTopic")
	for _, queue := range []string{product.Undelivered, product.Failed, product.Workloads} {
		add("sqs:"+queue, "checks whether events are stuck", "sqs:GetQueueAttributes")
	}
	for _, queue := range []string{product.Drill, product.Filtered} {
		add("sqs:"+queue, "receives the guard's alerts", "sqs:ReceiveMessage")
		all = append(all, Call{Action: "sqs:DeleteMessage", By: Role, On: "sqs:" + queue, Why: "empties the drill's own queue", Writes: true})
	}
	return all
}

// entry are your own calls.
func entry() []Call {
	return []Call{
		{Action: "sts:GetCallerIdentity", By: You, On: "*", Why: "finds the account; needs no permission"},
		{Action: "sts:AssumeRole", By: You, On: "iam:role/" + product.Drill + "-REGION", Why: "acts as the drill's role from here on"},
	}
}

// signing are your calls if you ask for a signature.
func signing() []Call {
	return []Call{
		{Action: "kms:Sign", By: You, On: "the key of --sign-key", Why: "signs the report"},
		{Action: "kms:GetPublicKey", By: You, On: "the key of --sign-key", Why: "checks the signature"},
	}
}

func definitionCalls() []Call {
	own := "ecs:task-definition/" + Prefix + "*:*"
	return []Call{
		{Action: "ecs:RegisterTaskDefinition", By: Role, On: "*", Why: "registers a definition whose image exists nowhere", Writes: true},
		{Action: "ecs:DeregisterTaskDefinition", By: Role, On: "*", Why: "withdraws it, if the guard did not", Writes: true},
		{Action: "ecs:DeleteTaskDefinitions", By: Role, On: own, Why: "deletes it", Writes: true},
	}
}

func overrideCalls() []Call {
	return []Call{
		{Action: "ecs:PutAccountSetting", By: Role, On: "*", Condition: settingOnly(), Why: "turns FIPS mode off for the drill's role alone", Writes: true},
		{Action: "ecs:DeleteAccountSetting", By: Role, On: "*", Condition: settingOnly(), Why: "removes that again", Writes: true},
	}
}

func launchCalls() []Call {
	return []Call{
		{Action: "ecs:RunTask", By: Role, On: "ecs:task-definition/" + Prefix + "*:*", Why: "launches one task that cannot pull its image", Writes: true},
		{Action: "ecs:TagResource", By: Role, On: "ecs:task/*", Condition: map[string]map[string]string{"StringEquals": {"ecs:CreateAction": "RunTask"}}, Why: "tags that task", Writes: true, Implied: true},
		{Action: "ecs:StopTask", By: Role, On: "ecs:task/*", Condition: map[string]map[string]string{"StringEquals": {"aws:ResourceTag/" + TaskTag: "true"}}, Why: "stops that task, and no other", Writes: true},
	}
}

func canaryCalls() []Call {
	return []Call{{Action: "logs:FilterLogEvents", By: Role, On: "logs:log-group:/aws/lambda/" + product.Enforcer + ":*", Why: "reads from the enforcer's log which canaries came"}}
}

func witnessCalls() []Call {
	return []Call{
		{
			Action: "ecs:RunTask", By: Role, On: "ecs:task-definition/" + product.Witness + ":*", Why: "launches the witness", Writes: true,
		},
		{
			Action: "iam:PassRole", By: Role, On: "iam:role/" + product.Witness + "-REGION", Why: "lets ECS pull the witness's image", Implied: true,
			Condition: map[string]map[string]string{"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
		},
	}
}

func defaultCalls() []Call {
	return []Call{
		{Action: "ecs:ListServices", By: Role, On: "*", Why: "makes sure that no service starts tasks"},
		{Action: "ecs:DescribeServices", By: Role, On: "ecs:service/*", Why: "makes sure that no service starts tasks"},
		{Action: "ecs:PutAccountSettingDefault", By: Role, On: "*", Condition: settingOnly(), Why: "turns FIPS mode on while it is on, off, and on again", Writes: true},
	}
}

// Permissions are what the drill's role needs for all steps, each once.
func Permissions() []Call {
	var all []Call
	for _, c := range append(reads(), stepCalls()...) {
		if c.By == Role && !slices.ContainsFunc(all, func(o Call) bool { return o.Action == c.Action && o.On == c.On }) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Call) int { return cmp.Or(strings.Compare(a.Action, b.Action), strings.Compare(a.On, b.On)) })
	return all
}

// Permits reports whether a drill with these steps makes a call.
func Permits(steps []Step, action string) bool {
	return slices.ContainsFunc(callsOf(steps), func(c Call) bool { return c.By == Role && !c.Implied && c.Action == action })
}

func stepCalls() []Call {
	var all []Call
	for _, s := range Steps() {
		all = append(all, s.Calls...)
	}
	return all
}

// callsOf are all calls of some steps, and of every drill.
func callsOf(steps []Step) []Call {
	all := append(entry(), reads()...)
	for _, s := range steps {
		all = append(all, s.Calls...)
	}
	return all
}
