package s3

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"
)

type bucketListing struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
	Owner   struct{ ID string }
	Buckets []listedBucket `xml:"Buckets>Bucket"`
}

type listedBucket struct {
	Name         string
	CreationDate time.Time
}

// listBuckets is ListBuckets, in one page: of all Regions, by name.
func (s *Buckets) listBuckets(*kernel.Request, *request) (answer, error) {
	out := bucketListing{}
	out.Owner.ID = kernel.AccountID
	for _, name := range slices.Sorted(maps.Keys(s.byName)) {
		out.Buckets = append(out.Buckets, listedBucket{name, s.byName[name].created})
	}
	return answer{status: http.StatusOK, document: out}, nil
}
