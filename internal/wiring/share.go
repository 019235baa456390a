package wiring

import "fipsguard/internal/product"

// The guard's half of ECS's throttle buckets is divided among what runs at
// once: one scan, and the executions of the gate. A scan that a person starts
// from the command line comes on top; it leaves a quarter of each bucket.
const (
	ScanShare = 0.5
	GateShare = (1 - ScanShare) / product.GateExecutions
)
