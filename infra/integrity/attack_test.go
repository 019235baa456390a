package integrity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fipsguard/internal/product"
)

const (
	account  = "111122223333"
	region   = "us-gov-west-1"
	setting  = "the setting is changed"
	silenced = "the guard is silenced"
)

// attack searches calls with which a principal reaches a goal in one account
// under policies.
type attack struct {
	scps, rcps []Policy
	exists     map[string]bool     // roles of the account
	mayDo      map[string][]string // principal → patterns of actions that its own policies allow
	deployer   string              // the role that CloudFormation stored with the guard's stack
}

// world is what the attacker can act as after some calls.
type world struct {
	acts  map[string]bool
	calls []string
}

// ways returns the sequences of at most three calls to each goal. Two
// that are needed for one effect, as creating a role and giving it permissions,
// count as two; acting as a role that trusts the attacker counts as none.
func (a attack) ways(from string) map[string][][]string {
	found := map[string][][]string{}
	queue := []world{{acts: map[string]bool{from: true}}}
	for len(queue) > 0 {
		w := queue[0]
		queue = queue[1:]
		if len(w.calls) >= 3 {
			continue
		}
		for _, principal := range slices.Sorted(maps.Keys(w.acts)) {
			for _, m := range a.moves() {
				if !a.allowed(principal, m) || len(w.calls)+len(m.requests) > 3 {
					continue
				}
				next := world{acts: maps.Clone(w.acts), calls: slices.Clone(w.calls)}
				for _, r := range m.requests {
					next.calls = append(next.calls, fmt.Sprintf("%s on %s as %s", r.action, last(r.resource), last(principal)))
				}
				switch {
				case m.goal != "":
					found[m.goal] = append(found[m.goal], next.calls)
				case !w.acts[m.become]:
					next.acts[m.become] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return found
}

func last(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }

// move is what calls are good for: a goal, or to act as another role.
type move struct {
	requests     []request
	goal, become string
}

func (a attack) allowed(principal string, m move) bool {
	for _, r := range m.requests {
		r.principal = principal
		if !slices.ContainsFunc(a.mayDo[principal], func(pattern string) bool { return like(pattern, r.action) }) {
			return false
		}
		denied := func(p Policy) bool { return p.denies(r) }
		if slices.ContainsFunc(a.scps, denied) || underRCP(r.action) && slices.ContainsFunc(a.rcps, denied) {
			return false
		}
	}
	return true
}

// underRCP: the services that resource control policies know, of those here.
func underRCP(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return slices.Contains([]string{"s3", "sqs", "kms", "logs", "sts"}, service)
}

func (a attack) moves() []move {
	var all []move
	for _, action := range []string{"PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting"} {
		all = append(all, move{goal: setting, requests: []request{{action: "ecs:" + action, resource: "*", context: map[string]string{"ecs:account-setting": "fargateFIPSMode"}}}})
	}
	for _, r := range silencing() {
		all = append(all, move{goal: silenced, requests: []request{r}})
	}
	for _, arn := range a.roles() {
		trust := request{action: "iam:UpdateAssumeRolePolicy", resource: arn}
		if !a.exists[arn] {
			all = append(all, move{become: arn, requests: []request{{action: "iam:CreateRole", resource: arn}, {action: "iam:PutRolePolicy", resource: arn}}})
			continue
		}
		all = append(all,
			move{become: arn, requests: []request{trust}},
			move{become: arn, requests: []request{{action: "iam:PassRole", resource: arn}, {action: "lambda:CreateFunction", resource: lambda("mine")}}},
			move{become: arn, requests: []request{{action: "iam:PassRole", resource: arn}, {action: "cloudformation:CreateStack", resource: stack("mine")}}})
	}
	for _, function := range []string{product.Enforcer, product.Verifier} {
		as := "arn:aws-us-gov:iam::" + account + ":role/" + function + "-" + region
		for _, action := range []string{"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"} {
			all = append(all, move{become: as, requests: []request{{action: action, resource: lambda(function)}}})
		}
	}
	for _, name := range []string{product.Name, "StackSet-" + product.Name + "-0a1b"} {
		for _, action := range []string{"cloudformation:UpdateStack", "cloudformation:CreateChangeSet"} { // the change set runs as the stored role
			all = append(all, move{become: a.deployer, requests: []request{{action: action, resource: stack(name)}}})
		}
	}
	return all
}

// roles are those that a policy exempts: by name where it names one, with
// something in the place of its wildcards where it does not.
func (a attack) roles() []string {
	found := map[string]bool{}
	for _, p := range slices.Concat(a.scps, a.rcps) {
		for _, s := range p.Statement {
			for _, pattern := range s.Condition["ArnNotLike"]["aws:PrincipalArn"] {
				found[strings.ReplaceAll(strings.Replace(pattern, "iam::*:", "iam::"+account+":", 1), "*", "anything")] = true
			}
		}
	}
	for arn := range a.exists {
		found[arn] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func lambda(name string) string {
	return "arn:aws-us-gov:lambda:" + region + ":" + account + ":function:" + name
}

func stack(name string) string {
	return "arn:aws-us-gov:cloudformation:" + region + ":" + account + ":stack/" + name + "/0a1b2c"
}

// silencing are calls on the guard's components, each with an ARN that it would
// be about.
func silencing() []request {
	at := func(service, resource string) string {
		return "arn:aws-us-gov:" + service + ":" + region + ":" + account + ":" + resource
	}
	key := map[string]string{"aws:ResourceTag/application": product.Name}
	objects := map[string][]string{ // part → an ARN
		"rules": {at("events", "rule/fipsguard-settings")}, "rules-watch": {at("events", "rule/fipsguard-tamper-rules")}, "targets": {at("events", "rule/fipsguard-launches")},
		"bus": {at("events", "event-bus/default")}, "functions": {lambda(product.Gate)}, "sources": {at("lambda", "event-source-mapping:0a1b")},
		"queues": {at("sqs", product.Failed)}, "moves": {at("sqs", product.Scans)},
		"roles": {"arn:aws-us-gov:iam::" + account + ":role/" + product.Gate + "-" + region}, "policies": {"arn:aws-us-gov:iam::" + account + ":policy/" + product.Enforcer + "-" + region},
		"topic": {at("sns", product.Alerts)}, "topic-data": {at("sns", product.Alerts)}, "subscriptions": {at("sns", product.Alerts)},
		"key": {at("kms", "key/0a1b")}, "evidence": {"arn:aws-us-gov:s3:::" + product.Evidence + "-" + account + "-" + region},
		"logs": {at("logs", "log-group:/aws/lambda/fipsguard-enforcer")}, "log-contents": {at("logs", "log-group:/aws/lambda/fipsguard-verifier")},
		"alarms": {at("cloudwatch", "alarm:fipsguard-errors")}, "alarm-settings": {at("cloudwatch", "alarm:fipsguard-heartbeat")}, "mutes": {at("cloudwatch", "alarm:fipsguard-errors")},
		"witness":         {at("ecr", "repository/fipsguard-witness")},
		"workload-policy": {at("ssm", "parameter/"+product.PolicyParameter)}, "workload-policy-list": {at("ssm", "parameter/"+product.PolicyParameter)},
		"stack": {stack(product.Name), stack("StackSet-fipsguard-0a1b")},
	}
	var all []request
	for _, part := range Parts() {
		for _, action := range part.Actions() {
			for _, arn := range objects[part.Name] {
				r := request{action: action, resource: arn}
				switch part.Service {
				case "kms":
					r.context = key
				case "lambda":
					if strings.HasSuffix(action, "EventSourceMapping") {
						r.resource = at("lambda", "event-source-mapping:0a1b")
					}
					r.context = map[string]string{"lambda:FunctionArn": lambda(product.Gate)}
				}
				all = append(all, r)
			}
		}
	}
	all = append(all, request{action: "organizations:LeaveOrganization", resource: "*"})
	return append(all, // what CloudTrail does not record unless it is asked to
		request{action: "lambda:InvokeFunction", resource: lambda(product.Enforcer)},
		request{action: "sns:Publish", resource: at("sns", product.Alerts)},
		request{action: "sqs:ReceiveMessage", resource: at("sqs", product.Workloads)},
		request{action: "sqs:DeleteMessage", resource: at("sqs", product.Scans)},
		request{action: "sqs:SendMessage", resource: at("sqs", product.Scans)},
		request{action: "sqs:DeleteMessage", resource: at("sqs", product.Reported)},
		request{action: "s3:PutObject", resource: "arn:aws-us-gov:s3:::" + product.Evidence + "-" + account + "-" + region + "/state.json"},
		request{action: "s3:DeleteObject", resource: "arn:aws-us-gov:s3:::" + product.Evidence + "-" + account + "-" + region + "/reports/1.json"},
		request{action: "logs:PutLogEvents", resource: at("logs", "log-group:/aws/lambda/fipsguard-enforcer")},
		request{action: "cloudwatch:PutMetricData", resource: "*", context: map[string]string{"cloudwatch:namespace": product.Name}},
	)
}
