package verifier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/aws/ecsexec"
	"fipsguard/internal/guard"
)

const (
	accountID = "111122223333"
	region    = "us-gov-west-1"
	cluster   = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:cluster/main"
	service   = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/main/web"
)

var (
	location = guard.Location{Account: accountID, Region: region}
	start    = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
)

// world is one account, its containers and CloudTrail as a few maps: decisions
// are tested against it, the wire against the local account.
type world struct {
	mu       sync.Mutex
	now      time.Time
	mode     guard.Mode
	hidden   bool // the account default cannot be read
	refuse   bool // AWS refuses every write
	services []guard.Service
	tasks    []guard.Task
	blind    error             // AWS does not list tasks
	hangs    bool              // AWS does not answer at all about tasks
	forgets  error             // CloudTrail does not answer
	answers  map[string]string // of containers, by task ARN and container
	failures map[string][]error
	events   []guard.Event
	parts    []guard.Component
	prompt   bool          // CloudTrail tells of repairs at once
	slow     time.Duration // what an answer of a container takes
	calls    []string
	asked    []string
	running  map[string]int // sessions in a container
}

func newWorld() *world {
	return &world{now: start, mode: guard.ModeOn, answers: map[string]string{}, failures: map[string][]error{}, running: map[string]int{}}
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) verifier(policy guard.Policy) *Verifier {
	return &Verifier{Account: w, Exec: w, History: w, Parts: w, Policy: policy, Now: w.Now}
}

func (w *world) Observe(context.Context) []guard.Component { return w.parts }

func (w *world) Apply(_ context.Context, a guard.Remediation) guard.Outcome {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, fmt.Sprintf("%s %s", a.Call.API(), a.Subject))
	if w.refuse {
		return guard.Outcome{Remediation: a, Result: guard.RefusedByAWS, Detail: "AWS answered AccessDeniedException", At: w.now}
	}
	if _, ok := a.Call.(guard.PutAccountSettingDefault); ok {
		w.mode = guard.ModeOn
		if w.prompt {
			w.events = append(w.events, put("repair", w.now.Truncate(time.Second), guard.ModeOn))
		}
		return guard.Outcome{Remediation: a, Result: guard.Unconfirmed, At: w.now}
	}
	return guard.Outcome{Remediation: a, Result: guard.Done, At: w.now}
}

func (w *world) ObserveSetting(context.Context, string, string) ([]guard.State, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := guard.Setting{Account: accountID, Region: region, Scope: guard.ScopeAccount, Mode: w.mode}
	if w.hidden {
		s.Mode, s.Unknown = guard.ModeUnknown, "ECS did not answer ListAccountSettings"
		return []guard.State{s}, errors.New("no answer")
	}
	return []guard.State{s}, nil
}

func (w *world) ObserveRemedy(_ context.Context, s guard.Service, _ guard.ServiceRemedy) (guard.Service, error) {
	return s, nil
}

func (w *world) Clusters(context.Context) ([]string, error) { return []string{cluster}, nil }

func (w *world) Workloads(ctx context.Context, clusters []string, progress func(int, int)) ([]guard.Service, []guard.Task, error) {
	progress(len(clusters), len(clusters))
	if w.hangs {
		<-ctx.Done()
		w.blind = ctx.Err()
	}
	if w.blind != nil {
		return nil, []guard.Task{{ARN: "task/main/*", Cluster: cluster, LastStatus: "RUNNING", Unknown: "ECS did not answer ListTasks"}}, w.blind
	}
	return w.services, slices.Clone(w.tasks), nil
}

func (w *world) Definitions(context.Context, []guard.Service, []guard.Task) ([]guard.TaskDefinition, error) {
	return nil, nil
}

func (w *world) Changes(_ context.Context, _, _ string, since time.Time) ([]guard.Event, time.Time, error) {
	if w.forgets != nil {
		return nil, w.now, w.forgets
	}
	return w.events, since, nil
}

// Run answers as a container would. Two sessions in one are a fault of the
// verifier.
func (w *world) Run(_ context.Context, target ecsexec.Target, command string) (string, error) {
	name := target.Task + "/" + target.Container
	w.mu.Lock()
	defer w.mu.Unlock()
	if command != "cat /proc/sys/crypto/fips_enabled" {
		return "", fmt.Errorf("asked for %q", command)
	}
	w.asked = append(w.asked, name)
	w.now = w.now.Add(w.slow)
	if fails := w.failures[name]; len(fails) > 0 {
		w.failures[name] = fails[1:]
		return "", fails[0]
	}
	answer, ok := w.answers[name]
	if !ok {
		answer = "1\r\n"
	}
	return answer, nil
}

// task is a running task of FIPS mode's platform, with ECS Exec.
func task(name string, containers ...string) guard.Task {
	t := guard.Task{
		ARN: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task/main/" + name, Cluster: cluster, Group: "family:" + name,
		Definition: "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/" + name + ":1",
		Fargate:    guard.Yes, Platform: guard.Platform{OS: "LINUX", Architecture: "X86_64"}, PlatformVersion: "1.4.0",
		LastStatus: "RUNNING", DesiredStatus: "RUNNING", Created: start.Add(-time.Hour),
	}
	if len(containers) == 0 {
		containers = []string{"main"}
	}
	for _, c := range containers {
		t.Containers = append(t.Containers, guard.Container{Name: c, RuntimeID: name + "-1"})
	}
	return t
}

// ofService makes a task one that its service can redeploy.
func ofService(t guard.Task) guard.Task {
	t.Group, t.Deployment, t.Redeployable = "service:web", "ecs-svc/1", service
	return t
}

func put(id string, at time.Time, mode guard.Mode) guard.Event {
	return guard.Event{
		Cause:  guard.Cause{EventID: id, EventName: "PutAccountSettingDefault", Time: at, Account: accountID, Region: region, Actor: guard.Actor{Name: "role Admin, session jane.doe"}},
		States: []guard.State{guard.Setting{Account: accountID, Region: region, Scope: guard.ScopeAccount, Mode: mode}},
	}
}

func (w *world) look(t *testing.T, policy guard.Policy, ask Request) Seen {
	t.Helper()
	ask.Why = "scheduled look"
	seen, err := w.verifier(policy).Look(t.Context(), location, ask)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// verdicts are the findings of a rule, by the last part of their subjects.
func verdicts(r guard.Report, rule guard.RuleID) map[string]string {
	found := map[string]string{}
	for _, f := range r.Findings {
		if f.Rule == rule {
			found[f.Subject[strings.LastIndex(f.Subject, "/")+1:]] = f.Verdict.String() + ": " + f.Reason
		}
	}
	return found
}
