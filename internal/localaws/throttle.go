package localaws

import (
	"maps"
	"time"
)

// bucket is a token bucket. Several operations share one, per account and
// Region.
type bucket struct {
	burst, perSecond float64
	tokens           float64
	filled           time.Time
}

// take takes a token, or says that none is left.
func (b *bucket) take(now time.Time) bool {
	if b.filled.IsZero() {
		b.tokens = b.burst
	} else {
		b.tokens = min(b.burst, b.tokens+now.Sub(b.filled).Seconds()*b.perSecond)
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// The buckets of ECS and CloudTrail whose sizes AWS publishes. Calls without one are never
// throttled here.
const (
	settingWrites      = "setting writes"
	settingReads       = "setting reads"
	definitionWrites   = "task definition writes"
	definitionReads    = "task definition reads"
	taskWrites         = "task writes"
	taskReads          = "task reads"
	clusterReads       = "cluster reads"
	serviceReads       = "service reads"
	serviceWrites      = "service writes"
	eventLookups       = "event lookups"
	withoutTokenBucket = ""
)

// newBuckets has the sizes of the ECS API reference, "Request throttling for
// the Amazon ECS API", and of CloudTrail's, "LookupEvents".
func newBuckets() map[string]*bucket {
	return map[string]*bucket{
		settingWrites:    {burst: 10, perSecond: 1},
		settingReads:     {burst: 50, perSecond: 20},
		definitionWrites: {burst: 20, perSecond: 1},
		definitionReads:  {burst: 50, perSecond: 20},
		taskWrites:       {burst: 100, perSecond: 40},
		taskReads:        {burst: 100, perSecond: 20},
		clusterReads:     {burst: 50, perSecond: 20},
		serviceReads:     {burst: 100, perSecond: 20},
		serviceWrites:    {burst: 50, perSecond: 5},
		eventLookups:     {burst: 2, perSecond: 2},
	}
}

// takeToken says whether a call may pass. It needs the account's lock.
func (a *Account) takeToken(c *call, name string) bool {
	if !a.throttling || name == withoutTokenBucket {
		return true
	}
	return c.region.buckets[name].take(a.clock.now())
}

// Throttled is how many calls were answered with ThrottlingException, by token
// bucket or fault, by operation.
func (a *Account) Throttled() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.limited)
}
