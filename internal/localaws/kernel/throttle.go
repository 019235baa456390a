package kernel

import (
	"maps"
	"time"
)

// Limit is the size of a token bucket. Operations whose limits have one name
// share a bucket in each Region; those without a name are never throttled.
type Limit struct {
	Name             string
	Burst, PerSecond float64
}

// bucket is a token bucket.
type bucket struct {
	tokens float64
	filled time.Time
}

type bucketKey struct {
	region Region
	name   string
}

// take takes a token, or says that none is left.
func (b *bucket) take(l Limit, now time.Time) bool {
	if b.filled.IsZero() {
		b.tokens = l.Burst
	} else {
		b.tokens = min(l.Burst, b.tokens+now.Sub(b.filled).Seconds()*l.PerSecond)
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// takeToken says whether a call may pass. It needs the lock.
func (k *Kernel) takeToken(region Region, l Limit) bool {
	if !k.throttling || l.Name == "" {
		return true
	}
	key := bucketKey{region, l.Name}
	if k.buckets[key] == nil {
		k.buckets[key] = &bucket{}
	}
	return k.buckets[key].take(l, k.Clock.Now())
}

// Throttled is how many calls were answered with ThrottlingException, by token
// bucket or fault, by operation.
func (k *Kernel) Throttled() map[string]int {
	k.Lock()
	defer k.Unlock()
	return maps.Clone(k.limited)
}
