package trail

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// document is an envelope with a detail, or a bare record, whose members then
// stand at the top. One pass over the text decodes either, and skips what nobody
// asks for.
type document struct {
	ID         string  `json:"id"`
	DetailType string  `json:"detail-type"`
	Source     string  `json:"source"`
	Account    string  `json:"account"`
	Time       text    `json:"time"`
	Region     string  `json:"region"`
	Detail     *detail `json:"detail"`
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
	UserIdentity       object[identity] `json:"userIdentity"`
	EventTime          text             `json:"eventTime"`
	EventSource        string           `json:"eventSource"`
	EventName          string           `json:"eventName"`
	AWSRegion          string           `json:"awsRegion"`
	SourceIPAddress    string           `json:"sourceIPAddress"`
	UserAgent          text             `json:"userAgent"`
	FromConsole        flag             `json:"sessionCredentialFromConsole"`
	ErrorCode          string           `json:"errorCode"`
	RequestParameters  object[request]  `json:"requestParameters"`
	ResponseElements   object[response] `json:"responseElements"`
	EventID            string           `json:"eventID"`
	ReadOnly           flag             `json:"readOnly"`
	EventType          string           `json:"eventType"`
	EventCategory      string           `json:"eventCategory"`
	RecipientAccountID string           `json:"recipientAccountId"`
}

type identity struct {
	Type           text               `json:"type"`
	UserName       text               `json:"userName"`
	ARN            text               `json:"arn"`
	AccountID      text               `json:"accountId"`
	PrincipalID    text               `json:"principalId"`
	InvokedBy      text               `json:"invokedBy"`
	SessionContext object[session]    `json:"sessionContext"`
	OnBehalfOf     object[onBehalfOf] `json:"onBehalfOf"`
}

type onBehalfOf struct {
	UserID text `json:"userId"`
}

type session struct {
	SessionIssuer object[sessionIssuer]     `json:"sessionIssuer"`
	Attributes    object[sessionAttributes] `json:"attributes"`
}

type sessionIssuer struct {
	ARN      text `json:"arn"`
	UserName text `json:"userName"`
}

type sessionAttributes struct {
	MFAAuthenticated flag `json:"mfaAuthenticated"`
}

// request holds the parameters of all guarded calls.
type request struct {
	Name                     text                      `json:"name"`
	Value                    text                      `json:"value"`
	PrincipalARN             text                      `json:"principalArn"`
	Family                   text                      `json:"family"`
	RequiresCompatibilities  list[text]                `json:"requiresCompatibilities"`
	RuntimePlatform          object[platform]          `json:"runtimePlatform"`
	Cluster                  text                      `json:"cluster"`
	Service                  text                      `json:"service"`
	ServiceName              text                      `json:"serviceName"`
	TaskDefinition           text                      `json:"taskDefinition"`
	PlatformVersion          text                      `json:"platformVersion"`
	LaunchType               text                      `json:"launchType"`
	CapacityProviderStrategy list[object[capacityUse]] `json:"capacityProviderStrategy"`
	Group                    text                      `json:"group"`
	StartedBy                text                      `json:"startedBy"`
	Tags                     list[object[attribute]]   `json:"tags"`
	ManagedInstancesProvider object[managedInstances]  `json:"managedInstancesProvider"`
	AutoScalingGroupProvider object[struct{}]          `json:"autoScalingGroupProvider"`
}

// response holds the answers of all guarded calls.
type response struct {
	Setting        object[setting]        `json:"setting"`
	TaskDefinition object[taskDefinition] `json:"taskDefinition"`
	Tasks          list[object[task]]     `json:"tasks"`
	Service        object[service]        `json:"service"`
	TaskSet        object[service]        `json:"taskSet"`
	Provider       object[provider]       `json:"capacityProvider"`
}

// provider is a capacity provider.
type provider struct {
	ARN                      text                     `json:"capacityProviderArn"`
	Name                     text                     `json:"name"`
	Cluster                  text                     `json:"cluster"`
	ManagedInstancesProvider object[managedInstances] `json:"managedInstancesProvider"`
	AutoScalingGroupProvider object[struct{}]         `json:"autoScalingGroupProvider"`
}

type managedInstances struct {
	InstanceLaunchTemplate object[launchTemplate] `json:"instanceLaunchTemplate"`
}

type launchTemplate struct {
	FIPSEnabled *flag `json:"fipsEnabled"`
}

type setting struct {
	Name         text `json:"name"`
	Value        text `json:"value"`
	PrincipalARN text `json:"principalArn"`
}

type platform struct {
	OperatingSystemFamily *text `json:"operatingSystemFamily"`
	CPUArchitecture       *text `json:"cpuArchitecture"`
}

type taskDefinition struct {
	ARN                     text             `json:"taskDefinitionArn"`
	Family                  text             `json:"family"`
	RequiresCompatibilities list[text]       `json:"requiresCompatibilities"`
	Compatibilities         list[text]       `json:"compatibilities"`
	RuntimePlatform         object[platform] `json:"runtimePlatform"`
	RegisteredBy            text             `json:"registeredBy"`
}

// task is a task, in an answer and in a state change alike.
type task struct {
	TaskARN              text                    `json:"taskArn"`
	ClusterARN           text                    `json:"clusterArn"`
	TaskDefinitionARN    text                    `json:"taskDefinitionArn"`
	Group                text                    `json:"group"`
	LaunchType           text                    `json:"launchType"`
	CapacityProviderName text                    `json:"capacityProviderName"`
	PlatformVersion      text                    `json:"platformVersion"`
	PlatformFamily       text                    `json:"platformFamily"`
	LastStatus           text                    `json:"lastStatus"`
	DesiredStatus        text                    `json:"desiredStatus"`
	StartedBy            text                    `json:"startedBy"`
	Attributes           list[object[attribute]] `json:"attributes"`
	Overrides            object[overrides]       `json:"overrides"`
}

// attribute is any pair of a name, which tags call a key, and a value.
type attribute struct {
	Name  text `json:"name"`
	Key   text `json:"key"`
	Value text `json:"value"`
}

// overrides may hold anybody's secrets in a container's environment: what is
// read from it are the names that AWS Batch puts there.
type overrides struct {
	Containers list[object[struct {
		Environment list[object[attribute]] `json:"environment"`
	}]] `json:"containerOverrides"`
}

// service is a service or a task set in an answer.
type service struct {
	ServiceARN               text                      `json:"serviceArn"`
	ClusterARN               text                      `json:"clusterArn"`
	TaskDefinition           text                      `json:"taskDefinition"`
	PlatformVersion          *text                     `json:"platformVersion"`
	PlatformFamily           text                      `json:"platformFamily"`
	LaunchType               text                      `json:"launchType"`
	CapacityProviderStrategy list[object[capacityUse]] `json:"capacityProviderStrategy"`
	DeploymentController     object[struct {
		Type text `json:"type"`
	}] `json:"deploymentController"`
	DesiredCount count                    `json:"desiredCount"`
	Deployments  list[object[deployment]] `json:"deployments"`
	ID           text                     `json:"id"` // a task set's
}

type deployment struct {
	ID     text `json:"id"`
	Status text `json:"status"`
}

type capacityUse struct {
	CapacityProvider text `json:"capacityProvider"`
}

// The tolerant types below read a value of the kind they want and skip any
// other: what is not legible stays unknown, which never passes.

type text string

func (t *text) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '"' {
		return in.SkipValue()
	}
	token, err := in.ReadToken()
	*t = text(token.String())
	return err
}

// flag is a boolean that some records write as a text.
type flag string

func (f *flag) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	switch in.PeekKind() {
	case '"', 't', 'f':
		token, err := in.ReadToken()
		*f = flag(token.String())
		return err
	}
	return in.SkipValue()
}

type count int

func (c *count) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '0' {
		return in.SkipValue()
	}
	token, err := in.ReadToken()
	if err != nil {
		return err
	}
	// A number that is no integer stays 0.
	if n, err := token.Int(); err == nil {
		*c = count(n)
	}
	return nil
}

// object is a JSON object that may be absent.
type object[T any] struct{ value *T }

func (o object[T]) present() bool { return o.value != nil }

// orZero is the object, or one without members when it is absent.
func (o object[T]) orZero() T {
	if o.value == nil {
		var zero T
		return zero
	}
	return *o.value
}

func (o *object[T]) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '{' {
		return in.SkipValue()
	}
	o.value = new(T)
	return json.UnmarshalDecode(in, o.value)
}

type list[T any] []T

func (l *list[T]) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '[' {
		return in.SkipValue()
	}
	return json.UnmarshalDecode(in, (*[]T)(l))
}
