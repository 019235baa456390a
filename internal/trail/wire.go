package trail

// document is an envelope with a detail, or a bare record, whose members then
// stand at the top. One pass over the text decodes either, and skips what nobody
// asks for.
type document struct {
	ID         string
	DetailType string
	Source     string
	Account    string
	Time       text
	Region     string
	Detail     *detail
	detail
}

// detail is a CloudTrail record or the detail of an ECS task state change.
type detail struct {
	record
	task
}

// record is a CloudTrail record. Its own members have one type each in every
// service's records; what is inside requestParameters and responseElements
// does not, so those members are read tolerantly.
type record struct {
	UserIdentity       object[identity]
	EventTime          text
	EventSource        string
	EventName          string
	AWSRegion          string
	SourceIPAddress    string
	UserAgent          text
	FromConsole        flag
	ErrorCode          string
	RequestParameters  object[request]
	ResponseElements   object[response]
	EventID            string
	ReadOnly           flag
	EventType          string
	EventCategory      string
	RecipientAccountID string
}

type identity struct {
	Type           text
	UserName       text
	ARN            text
	AccountID      text
	PrincipalID    text
	InvokedBy      text
	SessionContext object[session]
	OnBehalfOf     object[onBehalfOf]
}

type onBehalfOf struct {
	UserID text
}

type session struct {
	SessionIssuer object[sessionIssuer]
	Attributes    object[sessionAttributes]
}

type sessionIssuer struct {
	ARN      text
	UserName text
}

type sessionAttributes struct {
	MFAAuthenticated flag
}

// request holds the parameters of all guarded calls.
type request struct {
	Name                     text
	Value                    text
	PrincipalARN             text
	Family                   text
	RequiresCompatibilities  list[text]
	RuntimePlatform          object[platform]
	Cluster                  text
	Service                  text
	ServiceName              text
	TaskDefinition           text
	PlatformVersion          text
	LaunchType               text
	CapacityProviderStrategy list[object[capacityUse]]
	Group                    text
	StartedBy                text
	Tags                     list[object[attribute]]
	ManagedInstancesProvider object[managedInstances]
	AutoScalingGroupProvider object[nothing]
}

// response holds the answers of all guarded calls.
type response struct {
	Setting        object[setting]
	TaskDefinition object[taskDefinition]
	Tasks          list[object[task]]
	Service        object[service]
	TaskSet        object[service]
	Provider       object[provider]
}

// provider is a capacity provider.
type provider struct {
	ARN                      text
	Name                     text
	Cluster                  text
	ManagedInstancesProvider object[managedInstances]
	AutoScalingGroupProvider object[nothing]
}

type managedInstances struct {
	InstanceLaunchTemplate object[launchTemplate]
}

type launchTemplate struct {
	FIPSEnabled *flag
}

// nothing is an object of which only the presence counts.
type nothing struct{}

type setting struct {
	Name         text
	Value        text
	PrincipalARN text
}

type platform struct {
	OperatingSystemFamily *text
	CPUArchitecture       *text
}

type taskDefinition struct {
	ARN                     text
	Family                  text
	RequiresCompatibilities list[text]
	Compatibilities         list[text]
	RuntimePlatform         object[platform]
	RegisteredBy            text
}

// task is a task, in an answer and in a state change alike.
type task struct {
	TaskARN              text
	ClusterARN           text
	TaskDefinitionARN    text
	Group                text
	LaunchType           text
	CapacityProviderName text
	PlatformVersion      text
	PlatformFamily       text
	LastStatus           text
	DesiredStatus        text
	StartedBy            text
	Attributes           list[object[attribute]]
	Overrides            object[overrides]
}

// attribute is any pair of a name, which tags call a key, and a value.
type attribute struct {
	Name  text
	Key   text
	Value text
}

// overrides may hold anybody's secrets in a container's environment: what is
// read from it are the names that AWS Batch puts there.
type overrides struct {
	Containers list[object[container]]
}

type container struct {
	Environment list[object[attribute]]
}

// service is a service or a task set in an answer.
type service struct {
	ServiceARN               text
	ClusterARN               text
	TaskDefinition           text
	PlatformVersion          *text
	PlatformFamily           text
	LaunchType               text
	CapacityProviderStrategy list[object[capacityUse]]
	DeploymentController     object[controller]
	DesiredCount             count
	Deployments              list[object[deployment]]
	ID                       text // a task set's
}

type controller struct {
	Type text
}

type deployment struct {
	ID     text
	Status text
}

type capacityUse struct {
	CapacityProvider text
}
