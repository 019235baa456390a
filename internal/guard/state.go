package guard

import (
	"strings"
	"time"
)

// State is what one thing is, recorded in an event or a log or observed
// through the API now: the same type for both. It is one of Setting,
// TaskDefinition, Task, Service, KernelCheck, Exposure, Component and PolicyDocument.
type State interface {
	// Subject names the thing: its ARN, or for a setting
	// fargateFIPSMode@ACCOUNT/REGION[/PRINCIPAL].
	Subject() string
}

// Scope tells whose value of the account setting a Setting is.
type Scope uint8

const (
	ScopeUnknown   Scope = iota // somebody's; it may be the account's
	ScopeAccount                // the account default, which root's own value is too
	ScopePrincipal              // one user's or role's override
)

// Mode is a value of the setting, reduced to what matters.
type Mode uint8

const (
	ModeUnknown Mode = iota
	ModeOn
	ModeOff
)

// ParseMode reads a value of the setting: "enabled" and "on" in any letter
// case are on, an empty text is unknown, everything else is off.
func ParseMode(value string) Mode {
	switch strings.ToLower(value) {
	case "":
		return ModeUnknown
	case "enabled", "on":
		return ModeOn
	}
	return ModeOff
}

func (m Mode) String() string {
	switch m {
	case ModeOn:
		return "on"
	case ModeOff:
		return "off"
	case ModeUnknown:
	}
	return "unknown"
}

// Setting is fargateFIPSMode in one account and Region.
type Setting struct {
	Account   string
	Region    string
	Scope     Scope
	Principal string // user or role ARN; set only with ScopePrincipal
	Mode      Mode
	Deleted   bool   // the value was deleted; Mode is then ModeUnknown
	Unknown   string // why Mode is unknown, as the end of a sentence: "because …"
}

// Subject is fargateFIPSMode@ACCOUNT/REGION[/PRINCIPAL].
func (s Setting) Subject() string {
	subject := SettingName + "@" + orUnknown(s.Account) + "/" + orUnknown(s.Region)
	switch s.Scope {
	case ScopePrincipal:
		subject += "/" + s.Principal
	case ScopeUnknown:
		subject += "/unknown"
	case ScopeAccount:
	}
	return subject
}

// Platform is what a task runs on. Values are upper case, as ECS's enums
// write them; empty is unknown, never the default: whoever decodes or observes
// a definition turns an omitted member into LINUX or X86_64, because ECS does.
type Platform struct {
	OS           string // LINUX, WINDOWS_SERVER_…
	Architecture string // X86_64, ARM64
}

// TaskDefinition is one revision of a task definition.
type TaskDefinition struct {
	ARN          string
	Family       string // what to ask ECS for while the ARN is unknown
	Platform     Platform
	Fargate      Answer // whether Fargate can run it: asked for or computed compatibilities contain FARGATE
	Inactive     bool   // deregistered: no new launches, after up to 10 minutes
	RegisteredBy string
	ReadOnly     []string // containers whose root file system is read-only, in which ECS Exec cannot run a command
	Unknown      string   // why something is unknown, as the end of a sentence: "because …"
}

// Subject is the revision's ARN, or as much of it as is known.
func (d TaskDefinition) Subject() string {
	if d.ARN == "" && d.Family != "" {
		return "task-definition/" + d.Family
	}
	return orUnknown(d.ARN)
}

// Task is one task, or the launch of one.
type Task struct {
	ARN             string
	Cluster         string // ARN, or the name that the caller used
	Group           string // "service:NAME" when a service's scheduler started it
	Definition      string // ARN
	Fargate         Answer
	Platform        Platform
	PlatformVersion string // as resolved by ECS: "1.4.0"; empty is unknown
	LastStatus      string // PROVISIONING … STOPPED
	DesiredStatus   string
	Created         time.Time // when it was launched; zero is unknown
	Deployment      string    // of a service's task: the deployment that started it
	Redeployable    string    // the ARN of its service, where a forced new deployment replaces the task and nothing else does already
	Containers      []Container
	Unknown         string // why something is unknown, as the end of a sentence: "because …"
}

// Container is a container of a running task, as far as ECS Exec is concerned.
type Container struct {
	Name      string
	RuntimeID string
	Obstacle  string // why no command can be run in it, as the end of a sentence: "because …"; empty when one can
}

// Subject is the task's ARN, or the definition that was launched.
func (t Task) Subject() string {
	if t.ARN == "" && t.Definition != "" {
		return "task of " + t.Definition
	}
	return orUnknown(t.ARN)
}

// Service is the name of the service whose scheduler started the task, or
// empty for a standalone task.
func (t Task) Service() string {
	name, ok := strings.CutPrefix(t.Group, "service:")
	if !ok {
		return ""
	}
	return name
}

// Started reports whether the task has reached RUNNING, after which a stop
// makes a service's scheduler start another, for ever.
func (t Task) Started() bool {
	switch t.LastStatus {
	case "PROVISIONING", "PENDING", "ACTIVATING":
		return false
	}
	return true
}

// Stopping reports whether the task has been told to stop or has stopped.
func (t Task) Stopping() bool {
	return t.DesiredStatus == "STOPPED" || t.LastStatus == "STOPPED" ||
		t.LastStatus == "DEACTIVATING" || t.LastStatus == "STOPPING" || t.LastStatus == "DEPROVISIONING"
}

// Service is what a service, or one of its task sets, asks its scheduler for.
type Service struct {
	ARN             string
	Name            string // what to ask ECS for while the ARN is unknown
	Cluster         string
	Definition      TaskDefinition
	Fargate         Answer
	PlatformVersion string // as asked for: "LATEST" and empty are resolved at launch
	VersionUnknown  bool   // the platform version was not legible, which an empty one is not
	Controller      string // ECS, CODE_DEPLOY, EXTERNAL; empty is unknown
	DesiredCount    int
	MinimumCount    int    // Application Auto Scaling's minimum; 0 without a scalable target
	Deployment      string // identifies what was asked for; a service is touched once per deployment
	Replacement     string // newest compliant ACTIVE revision of the family; empty when there is none
	Unknown         string // why something is unknown, as the end of a sentence: "because …"
}

// Subject is the service's ARN, or as much of it as is known.
func (s Service) Subject() string {
	if s.ARN == "" && s.Name != "" {
		return "service/" + orUnknown(s.Cluster) + "/" + s.Name
	}
	return orUnknown(s.ARN)
}

// PolicyDocument is the guard's own policy, as it was read.
type PolicyDocument struct {
	Account string
	Region  string
	Faults  []string // why it is refused; none when it is valid
}

// Subject is policy@ACCOUNT/REGION.
func (d PolicyDocument) Subject() string {
	return "policy@" + orUnknown(d.Account) + "/" + orUnknown(d.Region)
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}
