package config

import _ "embed" // the schema

//go:embed policy.v1.schema.json
var policySchema string

// PolicySchema is the published JSON Schema (draft 2020-12) of the policy
// document. It accepts every document that ParsePolicy accepts. It cannot
// express that an expiry has passed, that a day does not exist or that a name
// is there twice; ParsePolicy refuses those.
func PolicySchema() string { return policySchema }
