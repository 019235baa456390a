package ecs

import "fipsguard/internal/localaws/kernel"

// The token buckets of ECS (API reference, "Request throttling for the Amazon
// ECS API").
var (
	settingWrites    = kernel.Limit{Name: "setting writes", Burst: 10, PerSecond: 1}
	settingReads     = kernel.Limit{Name: "setting reads", Burst: 50, PerSecond: 20}
	definitionWrites = kernel.Limit{Name: "task definition writes", Burst: 20, PerSecond: 1}
	definitionReads  = kernel.Limit{Name: "task definition reads", Burst: 50, PerSecond: 20}
	taskWrites       = kernel.Limit{Name: "task writes", Burst: 100, PerSecond: 40}
	taskReads        = kernel.Limit{Name: "task reads", Burst: 100, PerSecond: 20}
	clusterReads     = kernel.Limit{Name: "cluster reads", Burst: 50, PerSecond: 20}
	serviceReads     = kernel.Limit{Name: "service reads", Burst: 100, PerSecond: 20}
	serviceWrites    = kernel.Limit{Name: "service writes", Burst: 50, PerSecond: 5}
)
