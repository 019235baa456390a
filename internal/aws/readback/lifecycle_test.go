package readback

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
)

// TestALifeCycleAsInTheTemplate: S3's rules are compared in CloudFormation's words.
func TestALifeCycleAsInTheTemplate(t *testing.T) {
	expires := &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(365), NewerNoncurrentVersions: aws.Int32(10)}
	states := map[string]any{
		"Id": "OlderStates", "Status": "Enabled", "Prefix": "state/", "NoncurrentVersionExpiration": map[string]any{"NoncurrentDays": 365.0, "NewerNoncurrentVersions": 10.0},
	}
	for name, c := range map[string]struct {
		is   any // what AWS answers
		want map[string]any
	}{
		"a prefix in a filter": {types.LifecycleRule{ID: aws.String("OlderStates"), Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("state/")}, NoncurrentVersionExpiration: expires}, states},
		"a prefix of the rule": {map[string]any{"ID": "OlderStates", "Status": "Enabled", "Prefix": "state/", "NoncurrentVersionExpiration": expires}, states},
		"days": {
			types.LifecycleRule{Status: "Enabled", Expiration: &types.LifecycleExpiration{Days: aws.Int32(1096)}}, map[string]any{"Status": "Enabled", "ExpirationInDays": 1096.0},
		},
		"what the template does not have": {
			types.LifecycleRule{Status: "Enabled", Filter: &types.LifecycleRuleFilter{ObjectSizeGreaterThan: aws.Int64(1)}, Expiration: &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)}},
			map[string]any{"Status": "Enabled", "Filter": map[string]any{"ObjectSizeGreaterThan": 1.0}, "Expiration": map[string]any{"ExpiredObjectDeleteMarker": true}},
		},
	} {
		rule, err := shape(c.is)
		if err != nil {
			t.Fatal(err)
		}
		asInTemplate(rule)
		if diff := cmp.Diff(c.want, rule); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
