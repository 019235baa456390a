package main

import (
	"slices"
	"strings"
)

// service is one of AWS's that the functions call.
type service struct {
	name string
	host string // as the SDK resolves it for FIPS endpoints in GovCloud, with REGION
	// endpoint is the interface endpoint that answers the host by private DNS, where
	// docs/facts.md has a source for it. Empty leaves the name to the deployer.
	endpoint string
	by       []string
	unless   func(Options) bool // it is not called; nil is called always
}

var (
	allFunctions = []string{"enforcer", "gate", "verifier"}
	verifierOnly = []string{"verifier"}
)

// services are all that a function without another way out has to reach, but S3's
// bucket for CloudFormation's answers, which a gateway endpoint serves.
func services() []service {
	return []service{
		{name: "applicationautoscaling", host: "application-autoscaling.REGION.amazonaws.com", endpoint: "application-autoscaling", by: []string{"gate", "verifier"}},
		{name: "cloudtrail", host: "cloudtrail.REGION.amazonaws.com", endpoint: "cloudtrail", by: verifierOnly},
		{name: "cloudwatch", host: "monitoring.REGION.amazonaws.com", endpoint: "monitoring", by: verifierOnly},
		{name: "cloudwatchlogs", host: "logs.REGION.amazonaws.com", endpoint: "logs", by: verifierOnly},
		{name: "ecr", host: "ecr-fips.REGION.amazonaws.com", by: verifierOnly, unless: func(o Options) bool { return len(o.WitnessSubnets) == 0 }},
		{name: "ecs", host: "ecs-fips.REGION.amazonaws.com", by: allFunctions},
		{name: "eventbridge", host: "events.REGION.amazonaws.com", endpoint: "events", by: verifierOnly},
		{name: "iam", host: "iam.us-gov.amazonaws.com", by: verifierOnly},
		{name: "kms", host: "kms-fips.REGION.amazonaws.com", endpoint: "kms-fips", by: verifierOnly},
		{name: "lambda", host: "lambda-fips.REGION.amazonaws.com", by: verifierOnly},
		{name: "s3", host: "s3-fips.REGION.amazonaws.com", endpoint: "s3-fips", by: verifierOnly},
		{name: "securityhub", host: "securityhub-fips.REGION.amazonaws.com", by: verifierOnly, unless: func(o Options) bool { return !o.SecurityHub }},
		{name: "sns", host: "sns.REGION.amazonaws.com", endpoint: "sns", by: allFunctions},
		{name: "sqs", host: "sqs.REGION.amazonaws.com", endpoint: "sqs", by: verifierOnly},
		{name: "ssm", host: "ssm.REGION.amazonaws.com", endpoint: "ssm", by: allFunctions},
		{name: "ssmmessages", host: "ssmmessages.REGION.amazonaws.com", endpoint: "ssmmessages", by: verifierOnly},
		{name: "xray", host: "xray.REGION.amazonaws.com", endpoint: "xray", by: allFunctions, unless: func(o Options) bool { return !o.Tracing }},
	}
}

const (
	// none is chosen for a service that is reached by other means, or not at all.
	none = "none"
	// gateway is S3's, which a VPC may have already.
	gateway = "gateway"
)

// endpoints are the names of the interface endpoints that the options take, each
// by the service that it is for. A choice of the deployer goes before the table.
// The other list has the services that have neither.
func (o Options) endpoints() (chosen map[string]string, open []string) {
	chosen = map[string]string{}
	for _, s := range services() {
		switch name := o.Endpoints[s.name]; {
		case s.unless != nil && s.unless(o) || name == none:
		case name != "":
			chosen[s.name] = name
		case s.endpoint != "":
			chosen[s.name] = s.endpoint
		default:
			open = append(open, s.name)
		}
	}
	return chosen, open
}

// readEndpoints reads choices as in ecs=ecs-fips, and refuses a VPC that leaves a
// service without a way.
func (c *choices) readEndpoints(o *Options) {
	o.Endpoints = map[string]string{}
	known := services()
	for _, choice := range c.list("endpoints", "SERVICE=ENDPOINT, as in ecs=ecs-fips or ecs="+none, endpointChoice.MatchString) {
		name, endpoint, _ := strings.Cut(choice, "=")
		if choice == gateway+"="+none {
			o.Endpoints[name] = endpoint
			continue
		}
		if !slices.ContainsFunc(known, func(s service) bool { return s.name == name }) {
			c.refuse("endpoints", "of services that the functions call (docs/deploy.md), and "+name+" is none")
		}
		o.Endpoints[name] = endpoint
	}
	switch {
	case o.VPC == "" && len(o.Endpoints)+len(o.RouteTables) > 0:
		c.refuse("vpc", "given together with endpoints and routeTables")
		return
	case o.VPC == "":
		return
	case !vpcID.MatchString(o.VPC):
		c.refuse("vpc", "an ID as in vpc-0123456789abcdef0")
		return
	}
	if len(o.Subnets) == 0 || (len(o.RouteTables) == 0) != (o.Endpoints[gateway] == none) {
		c.refuse("vpc", "given together with subnets, securityGroups and routeTables, or endpoints "+gateway+"="+none+" in place of routeTables")
	}
	if _, open := o.endpoints(); len(open) > 0 {
		c.refuse("endpoints", "given for "+strings.Join(open, ", ")+", as in "+open[0]+"="+open[0]+"-fips or "+open[0]+"="+none+": no source says which endpoint answers their FIPS names (docs/deploy.md)")
	}
}
