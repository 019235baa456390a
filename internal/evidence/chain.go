package evidence

// PayloadType says in the envelope of a signed report what its payload is.
const PayloadType = "application/vnd.fipsguard.evidence+json"

// Chain is a report's place among the verifier's, and what says so. What a
// person's command makes stands by itself: its number is 0.
type Chain struct {
	Number   int    `json:"number"`   // 1 for the first of a chain
	Begins   string `json:"begins"`   // why a chain begins here; empty where a predecessor is named
	Location string `json:"location"` // URI of the signed original; empty where it is not kept
	Key      string `json:"key"`      // ARN of the KMS key that signs it; empty when nothing does
}

// Original names the bytes that a format is made from, and what vouches for
// them.
func (d Document) Original() string {
	name := d.Chain.Location
	if name == "" {
		name = d.ID + ".json"
	}
	if d.SHA256 != "" {
		name += ", SHA-256 " + d.SHA256
	}
	if d.Chain.Key == "" {
		return name + ", not signed"
	}
	return name + ", signed with KMS key " + d.Chain.Key
}
