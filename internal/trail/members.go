package trail

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// members are what is read of an object, by name. Struct tags would say the
// same, but a struct's tags are looked through when the first event of a process
// is decoded: for those of an event that took 0.2 ms of a cold start, a third
// of what the enforcer adds to it.
type members []member

type member struct {
	name string
	to   json.UnmarshalerFrom
}

// structured is an object whose members are known.
type structured interface{ members() members }

// read reads an object, skips what nobody asks for, and refuses any other value
// as it would be refused for a struct.
func (m members) read(in *jsontext.Decoder) error {
	if in.PeekKind() != '{' {
		return json.UnmarshalDecode(in, &struct{}{})
	}
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	anyCase, _ := json.GetOption(in.Options(), json.MatchCaseInsensitiveNames)
	for in.PeekKind() != '}' {
		name, err := in.ReadValue()
		if err != nil {
			return err
		}
		if to := m.find(name, anyCase); to != nil {
			err = to.UnmarshalJSONFrom(in)
		} else {
			err = in.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := in.ReadToken()
	return err
}

// find returns where a member goes, by its name in quotes, or nil.
func (m members) find(quoted jsontext.Value, anyCase bool) json.UnmarshalerFrom {
	name := bytes.Trim(quoted, `"`)
	if bytes.IndexByte(name, '\\') >= 0 {
		name, _ = jsontext.AppendUnquote(nil, quoted)
	}
	for _, member := range m {
		if member.name == string(name) || anyCase && strings.EqualFold(member.name, string(name)) {
			return member.to
		}
	}
	return nil
}

// exact is a text that has to be one.
type exact string

func (e *exact) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() != '"' {
		return json.UnmarshalDecode(in, (*string)(e))
	}
	token, err := in.ReadToken()
	*e = exact(token.String())
	return err
}

// pointer is a value that may be absent.
type pointer[T any] struct{ to **T }

func (p pointer[T]) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	if in.PeekKind() == 'n' {
		*p.to = nil
		return in.SkipValue()
	}
	*p.to = new(T)
	return any(*p.to).(json.UnmarshalerFrom).UnmarshalJSONFrom(in)
}

func (d *document) UnmarshalJSONFrom(in *jsontext.Decoder) error { return d.members().read(in) }
func (d *detail) UnmarshalJSONFrom(in *jsontext.Decoder) error   { return d.members().read(in) }
func (r *record) UnmarshalJSONFrom(in *jsontext.Decoder) error   { return r.members().read(in) }

func (d *document) members() members {
	return slices.Concat(members{
		{"id", (*exact)(&d.ID)},
		{"detail-type", (*exact)(&d.DetailType)},
		{"source", (*exact)(&d.Source)},
		{"account", (*exact)(&d.Account)},
		{"time", &d.Time},
		{"region", (*exact)(&d.Region)},
		{"detail", pointer[detail]{&d.Detail}},
	}, d.detail.members())
}

func (d *detail) members() members {
	return slices.Concat(d.record.members(), d.task.members())
}

func (r *record) members() members {
	return members{
		{"userIdentity", &r.UserIdentity},
		{"eventTime", &r.EventTime},
		{"eventSource", (*exact)(&r.EventSource)},
		{"eventName", (*exact)(&r.EventName)},
		{"awsRegion", (*exact)(&r.AWSRegion)},
		{"sourceIPAddress", (*exact)(&r.SourceIPAddress)},
		{"userAgent", &r.UserAgent},
		{"sessionCredentialFromConsole", &r.FromConsole},
		{"errorCode", (*exact)(&r.ErrorCode)},
		{"requestParameters", &r.RequestParameters},
		{"responseElements", &r.ResponseElements},
		{"eventID", (*exact)(&r.EventID)},
		{"readOnly", &r.ReadOnly},
		{"eventType", (*exact)(&r.EventType)},
		{"eventCategory", (*exact)(&r.EventCategory)},
		{"recipientAccountId", (*exact)(&r.RecipientAccountID)},
	}
}

func (i *identity) members() members {
	return members{
		{"type", &i.Type},
		{"userName", &i.UserName},
		{"arn", &i.ARN},
		{"accountId", &i.AccountID},
		{"principalId", &i.PrincipalID},
		{"invokedBy", &i.InvokedBy},
		{"sessionContext", &i.SessionContext},
		{"onBehalfOf", &i.OnBehalfOf},
	}
}

func (o *onBehalfOf) members() members {
	return members{{"userId", &o.UserID}}
}

func (s *session) members() members {
	return members{{"sessionIssuer", &s.SessionIssuer}, {"attributes", &s.Attributes}}
}

func (s *sessionIssuer) members() members {
	return members{{"arn", &s.ARN}, {"userName", &s.UserName}}
}

func (s *sessionAttributes) members() members {
	return members{{"mfaAuthenticated", &s.MFAAuthenticated}}
}

func (r *request) members() members {
	return members{
		{"name", &r.Name},
		{"value", &r.Value},
		{"principalArn", &r.PrincipalARN},
		{"family", &r.Family},
		{"requiresCompatibilities", &r.RequiresCompatibilities},
		{"runtimePlatform", &r.RuntimePlatform},
		{"cluster", &r.Cluster},
		{"service", &r.Service},
		{"serviceName", &r.ServiceName},
		{"taskDefinition", &r.TaskDefinition},
		{"platformVersion", &r.PlatformVersion},
		{"launchType", &r.LaunchType},
		{"capacityProviderStrategy", &r.CapacityProviderStrategy},
		{"managedInstancesProvider", &r.ManagedInstancesProvider},
		{"autoScalingGroupProvider", &r.AutoScalingGroupProvider},
		{"group", &r.Group},
		{"startedBy", &r.StartedBy},
		{"tags", &r.Tags},
	}
}

func (r *response) members() members {
	return members{
		{"setting", &r.Setting},
		{"taskDefinition", &r.TaskDefinition},
		{"tasks", &r.Tasks},
		{"service", &r.Service},
		{"taskSet", &r.TaskSet},
		{"capacityProvider", &r.Provider},
	}
}

func (p *provider) members() members {
	return members{
		{"capacityProviderArn", &p.ARN},
		{"name", &p.Name},
		{"cluster", &p.Cluster},
		{"managedInstancesProvider", &p.ManagedInstancesProvider},
		{"autoScalingGroupProvider", &p.AutoScalingGroupProvider},
	}
}

func (m *managedInstances) members() members {
	return members{{"instanceLaunchTemplate", &m.InstanceLaunchTemplate}}
}

func (l *launchTemplate) members() members {
	return members{{"fipsEnabled", pointer[flag]{&l.FIPSEnabled}}}
}

func (*nothing) members() members { return nil }

func (s *setting) members() members {
	return members{
		{"name", &s.Name},
		{"value", &s.Value},
		{"principalArn", &s.PrincipalARN},
	}
}

func (p *platform) members() members {
	return members{{"operatingSystemFamily", pointer[text]{&p.OperatingSystemFamily}}, {"cpuArchitecture", pointer[text]{&p.CPUArchitecture}}}
}

func (t *taskDefinition) members() members {
	return members{
		{"taskDefinitionArn", &t.ARN},
		{"family", &t.Family},
		{"requiresCompatibilities", &t.RequiresCompatibilities},
		{"compatibilities", &t.Compatibilities},
		{"runtimePlatform", &t.RuntimePlatform},
		{"registeredBy", &t.RegisteredBy},
	}
}

func (t *task) members() members {
	return members{
		{"taskArn", &t.TaskARN},
		{"clusterArn", &t.ClusterARN},
		{"taskDefinitionArn", &t.TaskDefinitionARN},
		{"group", &t.Group},
		{"launchType", &t.LaunchType},
		{"capacityProviderName", &t.CapacityProviderName},
		{"platformVersion", &t.PlatformVersion},
		{"platformFamily", &t.PlatformFamily},
		{"lastStatus", &t.LastStatus},
		{"desiredStatus", &t.DesiredStatus},
		{"startedBy", &t.StartedBy},
		{"attributes", &t.Attributes},
		{"overrides", &t.Overrides},
	}
}

func (a *attribute) members() members {
	return members{
		{"name", &a.Name},
		{"key", &a.Key},
		{"value", &a.Value},
	}
}

func (o *overrides) members() members {
	return members{{"containerOverrides", &o.Containers}}
}

func (c *container) members() members {
	return members{{"environment", &c.Environment}}
}

func (s *service) members() members {
	return members{
		{"serviceArn", &s.ServiceARN},
		{"clusterArn", &s.ClusterARN},
		{"taskDefinition", &s.TaskDefinition},
		{"platformVersion", pointer[text]{&s.PlatformVersion}},
		{"platformFamily", &s.PlatformFamily},
		{"launchType", &s.LaunchType},
		{"capacityProviderStrategy", &s.CapacityProviderStrategy},
		{"deploymentController", &s.DeploymentController},
		{"desiredCount", &s.DesiredCount},
		{"deployments", &s.Deployments},
		{"id", &s.ID},
	}
}

func (c *controller) members() members {
	return members{{"type", &c.Type}}
}

func (d *deployment) members() members {
	return members{{"id", &d.ID}, {"status", &d.Status}}
}

func (c *capacityUse) members() members {
	return members{{"capacityProvider", &c.CapacityProvider}}
}
