package simulation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/trail"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
)

// What must have become of it. Each of these returns what became of it
// instead, or an empty text; and an error when it cannot tell. They count from
// the beginning of the scenario.

func defaultIs(ctx context.Context, a *Account, said phrase) (string, error) {
	said.who = a.People.Admin
	return effectivelyIs(ctx, a, said)
}

func effectivelyIs(ctx context.Context, a *Account, said phrase) (string, error) {
	out, err := a.as(said.who).ListAccountSettings(ctx, &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
	if err != nil {
		return "", err
	}
	if len(out.Settings) == 0 {
		return "", errors.New("ECS returned no setting")
	}
	want := guard.ModeOff
	if said.on {
		want = guard.ModeOn
	}
	for _, setting := range out.Settings {
		if value := aws.ToString(setting.Value); guard.ParseMode(value) != want {
			return "it is " + value, nil
		}
	}
	return "", nil
}

func settingFixed(_ context.Context, a *Account, said phrase) (string, error) {
	return instead(said.count, len(a.fixTimes())), nil
}

// instead says a number that is not the expected one.
func instead(want count, got int) string {
	if want.holds(got) {
		return ""
	}
	return fmt.Sprintf("the count is %d", got)
}

// fixTimes are the times from each call that changed the setting to the call
// of the guard that undid it.
func (a *Account) fixTimes() []time.Duration {
	var took []time.Duration
	var violated time.Time
	for _, activity := range a.seen() {
		call := activity.Call
		if call == nil || call.ErrorCode != "" || !changesSetting(call.Operation) {
			continue
		}
		switch {
		case !isGuard(call.Principal):
			violated = activity.Time
		case !violated.IsZero():
			took = append(took, activity.Time.Sub(violated))
			violated = time.Time{}
		}
	}
	return took
}

func changesSetting(operation string) bool {
	return strings.Contains(operation, "AccountSetting") && !strings.Contains(operation, "List")
}

func settingReadBack(_ context.Context, a *Account, _ phrase) (string, error) {
	fixed, read := false, false
	for _, activity := range a.seen() {
		call := activity.Call
		if call == nil || call.ErrorCode != "" || call.Principal.ARN != a.People.Guard.ARN {
			continue
		}
		switch {
		case changesSetting(call.Operation):
			fixed, read = true, false
		case call.Operation == "ecs:ListAccountSettings":
			read = fixed
		}
	}
	switch {
	case !fixed:
		return "it fixed nothing", nil
	case !read:
		return "it did not read it after its last fix", nil
	}
	return "", nil
}

func alerted(_ context.Context, a *Account, said phrase) (string, error) {
	var subjects []string
	fit := 0
	for _, m := range alerts(a.seen()) {
		subjects = append(subjects, m.Subject)
		if strings.Contains(m.Subject, said.severity) && strings.Contains(m.For("email"), said.text) {
			fit++
		}
	}
	if said.count.holds(fit) {
		return "", nil
	}
	text := fmt.Sprintf("there are %d, of %s in all", fit, grammar.Count(len(subjects), "alert"))
	for i, subject := range subjects {
		if i == 3 {
			return text + ", …", nil
		}
		text += ", " + subject
	}
	return text, nil
}

func deadLettered(_ context.Context, a *Account, said phrase) (string, error) {
	attempts := a.deadLetters()
	if wrong := instead(said.count, len(attempts)); wrong != "" {
		return wrong, nil
	}
	for _, n := range attempts {
		if said.number > 0 && n != said.number {
			return "one is there after " + grammar.Count(n, "attempt"), nil
		}
	}
	return "", nil
}

func definitionIs(ctx context.Context, a *Account, said phrase) (string, error) {
	out, err := a.as(a.People.Admin).DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(said.name)})
	if err != nil {
		return "", err
	}
	if out.TaskDefinition.Status != said.status {
		return "it is " + string(out.TaskDefinition.Status), nil
	}
	return "", nil
}

func called(_ context.Context, a *Account, said phrase) (string, error) {
	n := 0
	for _, activity := range a.seen() {
		call := activity.Call
		if call != nil && call.ErrorCode == said.errorCode && call.Principal.ARN == said.who.ARN &&
			call.Operation == "ecs:"+said.call && strings.Contains(string(call.Parameters), said.text) {
			n++
		}
	}
	return instead(said.count, n), nil
}

func tasksReached(_ context.Context, a *Account, said phrase) (string, error) {
	return instead(said.count, a.tasksIn(said.stage)), nil
}

// tasksIn counts the tasks that were in a status at any time.
func (a *Account) tasksIn(status string) int {
	tasks := map[string]bool{}
	for _, activity := range a.seen() {
		if activity.Event == nil {
			continue
		}
		event, err := trail.Decode(activity.Event)
		if err != nil || len(event.States) == 0 {
			continue
		}
		if task, ok := event.States[0].(guard.Task); ok && task.LastStatus == status {
			tasks[task.ARN] = true
		}
	}
	return len(tasks)
}

func tasksGoOn(ctx context.Context, a *Account, said phrase) (string, error) {
	tasks, err := tasksOf(ctx, a, "")
	return instead(said.count, len(tasks)), err
}
