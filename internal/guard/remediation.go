package guard

import (
	"fmt"
	"strings"
)

// Call is one AWS API call as data. Its JSON is the call's parameters, named
// as the API names them; two equal calls are the same call.
type Call interface {
	API() string // as IAM writes it: "ecs:PutAccountSettingDefault"
}

// PutAccountSettingDefault sets the account default.
type PutAccountSettingDefault struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// PutAccountSetting sets the value of one user or role.
type PutAccountSetting struct {
	Name         string `json:"name"`
	Value        string `json:"value"`
	PrincipalARN string `json:"principalArn"`
}

// DeregisterTaskDefinition makes one revision INACTIVE.
type DeregisterTaskDefinition struct {
	TaskDefinition string `json:"taskDefinition"`
}

// StopTask stops one task.
type StopTask struct {
	Cluster string `json:"cluster"`
	Task    string `json:"task"`
	Reason  string `json:"reason"`
}

// RollBackService points a service at a compliant revision and at the latest
// platform version.
type RollBackService struct {
	Cluster         string `json:"cluster"`
	Service         string `json:"service"`
	TaskDefinition  string `json:"taskDefinition"`
	PlatformVersion string `json:"platformVersion"`
}

// ScaleServiceToZero ends a service's tasks without deleting the service.
type ScaleServiceToZero struct {
	Cluster      string `json:"cluster"`
	Service      string `json:"service"`
	DesiredCount int    `json:"desiredCount"`
}

// ForceNewDeployment replaces a service's tasks by new ones of the same
// definition, at the pace of its deployment configuration.
type ForceNewDeployment struct {
	Cluster            string `json:"cluster"`
	Service            string `json:"service"`
	ForceNewDeployment bool   `json:"forceNewDeployment"`
}

func (PutAccountSettingDefault) API() string { return "ecs:PutAccountSettingDefault" }
func (PutAccountSetting) API() string        { return "ecs:PutAccountSetting" }
func (DeregisterTaskDefinition) API() string { return "ecs:DeregisterTaskDefinition" }
func (StopTask) API() string                 { return "ecs:StopTask" }
func (RollBackService) API() string          { return "ecs:UpdateService" }
func (ScaleServiceToZero) API() string       { return "ecs:UpdateService" }
func (ForceNewDeployment) API() string       { return "ecs:UpdateService" }

// Remediation is the one AWS call that corrects a finding. It is comparable.
type Remediation struct {
	Rule       RuleID
	Subject    string
	Definition string // of a task or service: the task definition's ARN, whose exemption covers it
	Call       Call
}

// Command is the AWS CLI command that makes the same call in a Region, for a
// person to run.
func (a Remediation) Command(region string) string {
	var words []string
	switch call := a.Call.(type) {
	case PutAccountSettingDefault:
		words = []string{"put-account-setting-default", "--name", call.Name, "--value", call.Value}
	case PutAccountSetting:
		words = []string{"put-account-setting", "--name", call.Name, "--value", call.Value, "--principal-arn", call.PrincipalARN}
	case DeregisterTaskDefinition:
		words = []string{"deregister-task-definition", "--task-definition", call.TaskDefinition}
	case StopTask:
		words = []string{"stop-task", "--cluster", call.Cluster, "--task", call.Task, "--reason", call.Reason}
	case RollBackService:
		words = []string{"update-service", "--cluster", call.Cluster, "--service", call.Service,
			"--task-definition", call.TaskDefinition, "--platform-version", call.PlatformVersion}
	case ScaleServiceToZero:
		words = []string{"update-service", "--cluster", call.Cluster, "--service", call.Service,
			"--desired-count", fmt.Sprint(call.DesiredCount)}
	case ForceNewDeployment:
		words = []string{"update-service", "--cluster", call.Cluster, "--service", call.Service, "--force-new-deployment"}
	}
	words = append([]string{"aws", "ecs"}, words...)
	words = append(words, "--region", region)
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

// shellWord quotes a word for a POSIX shell unless it is plainly safe: the
// names in it come from events that other people caused.
func shellWord(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
