package integrity

import (
	"encoding/json"
	"fipsguard/internal/product"
	"slices"
	"strings"
)

// Policy is a service control policy or a resource control policy.
type Policy struct {
	Version   string
	Statement []Statement
}

// Statement denies.
type Statement struct {
	Sid       string
	Effect    string
	Principal string `json:",omitempty"` // a resource control policy has to say *
	Action    []string
	Resource  []string
	Condition Condition `json:",omitempty"`
}

// Condition is operator → key → values. All have to hold.
type Condition map[string]map[string][]string

// Exempt are the roles that may change the guard: patterns of names, with
// their paths. Whatever they match is protected as the guard's own roles are, so
// that nobody else makes, changes or passes a role that they match.
type Exempt struct {
	Deployment []string // the roles that deploy it: CloudFormation's, and whoever passes it
	BreakGlass string   // the one way left in an emergency
	Approver   string   // who changes the policy of workload rules, and nothing else
}

// DefaultExempt are the names in the published policies.
func DefaultExempt() Exempt {
	return Exempt{Deployment: []string{product.Prefix + "deployment"}, BreakGlass: product.Prefix + "break-glass", Approver: product.Prefix + "policy-approver"}
}

const partition = "arn:aws-us-gov:"

// role is the pattern of a role's ARN in any account.
func role(name string) string { return partition + "iam::*:role/" + name }

// guards are the roles that turn FIPS mode on, in both Regions. No pattern ends
// in *: whoever may create roles could make one that it matches.
func guards(programs ...string) []string {
	var all []string
	for _, program := range programs {
		for _, region := range []string{"us-gov-west-1", "us-gov-east-1"} {
			all = append(all, role(program+"-"+region))
		}
	}
	return all
}

func (e Exempt) deployers() []string {
	var all []string
	for _, name := range e.Deployment {
		all = append(all, role(name))
	}
	return all
}

// changers may change the guard.
func (e Exempt) changers() []string { return append(e.deployers(), role(e.BreakGlass)) }

// guardAndChangers are the guard's own roles and those.
func (e Exempt) guardAndChangers() []string {
	return append(guards(product.Enforcer, product.Gate, product.Verifier), e.changers()...)
}

// otherwiseNamed are those of them whose names do not begin as the guard's do.
func (e Exempt) otherwiseNamed() []string {
	return slices.DeleteFunc(append(e.changers(), role(e.Approver)), func(arn string) bool { return strings.HasPrefix(arn, role(product.Prefix)) })
}

// unless is the condition that the caller is none of these.
func unless(principals ...string) Condition {
	return Condition{"ArnNotLike": {"aws:PrincipalArn": principals}}
}

func (c Condition) and(operator, key string, values ...string) Condition {
	c[operator] = map[string][]string{key: values}
	return c
}

func deny(sid string, actions, resources []string, condition Condition) Statement {
	return Statement{Sid: sid, Effect: "Deny", Action: actions, Resource: resources, Condition: condition}
}

// within are ARNs of a service in any Region and account.
func within(service string, resources ...string) []string {
	var all []string
	for _, resource := range resources {
		all = append(all, partition+service+":*:*:"+resource)
	}
	return all
}

func actions(service string, names ...string) []string {
	var all []string
	for _, name := range names {
		all = append(all, service+":"+name)
	}
	return all
}

// JSON is the policy without white space, which Organizations counts.
func (p Policy) JSON() ([]byte, error) { return json.Marshal(p) }

// Policies are all three, by the names of their files.
func Policies(e Exempt) map[string]Policy {
	return map[string]Policy{"scp-setting": SettingSCP(e), "scp-integrity": IntegritySCP(e), "rcp-integrity": IntegrityRCP(e)}
}
