package localaws

import (
	"fipsguard/internal/localaws/autoscaling"
	"fipsguard/internal/localaws/cloudtrail"
	"fipsguard/internal/localaws/ecs"
	"fipsguard/internal/localaws/eventbridge"
	"fipsguard/internal/localaws/kernel"
	"fipsguard/internal/localaws/s3"
	"fipsguard/internal/localaws/sns"
	"fipsguard/internal/localaws/sqs"
)

// What callers of an account need of the packages that it is made of.
type (
	Call      = kernel.Call
	Effect    = kernel.Effect
	Fault     = kernel.Fault
	InProcess = kernel.InProcess
	Kind      = kernel.Kind
	Principal = kernel.Principal

	Attribute      = sns.Attribute
	Delivery       = eventbridge.Delivery
	Letter         = sqs.Letter
	Message        = sns.Message
	Exec           = ecs.Exec
	Object         = s3.Object
	QueueOptions   = sqs.QueueOptions
	Received       = sqs.Delivery
	Record         = cloudtrail.Record
	Rule           = eventbridge.Rule
	Shown          = ecs.Shown
	ShownTask      = ecs.ShownTask
	ScalableTarget = autoscaling.ScalableTarget
	Source         = sqs.Source
	Trail          = cloudtrail.Trail
)

// The kinds of the account's principals.
const (
	Root        = kernel.Root
	IAMUser     = kernel.IAMUser
	AssumedRole = kernel.AssumedRole
)

// The effects of faults.
const (
	Slow           = kernel.Slow
	Throttle       = kernel.Throttle
	ServerError    = kernel.ServerError
	DenyAccess     = kernel.DenyAccess
	DropConnection = kernel.DropConnection
	LoseAnswer     = kernel.LoseAnswer
	Garbage        = kernel.Garbage
	DelayEvent     = kernel.DelayEvent
	LoseEvent      = kernel.LoseEvent
	DuplicateEvent = kernel.DuplicateEvent
	ReorderEvent   = kernel.ReorderEvent
)
