// Package template holds the committed CloudFormation templates, which a test
// of the CDK app holds equal to what it synthesizes. It lets others read the
// rules and the permissions without Node or the CDK.
package template

import _ "embed"

//go:embed fipsguard.template.json
var account []byte

//go:embed fipsguard-organization.template.json
var organization []byte

//go:embed components.json
var components []byte

// JSON is the template for one account, with the default settings. The hash of
// the function's code in it is a placeholder's.
func JSON() []byte { return clone(account) }

// OrganizationJSON is the StackSet template, likewise.
func OrganizationJSON() []byte { return clone(organization) }

// Components is the component list of a template with everything that can be
// chosen: the dictionary that the lists of deployments are packed against.
func Components() []byte { return clone(components) }

func clone(b []byte) []byte { return append([]byte(nil), b...) }
