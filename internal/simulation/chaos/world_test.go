package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"fipsguard/internal/aws/hub"
	"fipsguard/internal/aws/scaling"
	"fipsguard/internal/component"
	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
	"fipsguard/internal/simulation/stack"
	"fipsguard/internal/wiring"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const region = "us-gov-west-1"

// asDeployed finds all as it was deployed.
type asDeployed struct{}

func (asDeployed) Observe(context.Context, []component.Meant) []guard.Component { return nil }

// deployed is what the stack's template says, read once.
var deployed = sync.OnceValues(func() (stack.Stack, error) { return stack.Read(region) })

func functionARN(name string) string {
	return "arn:aws-us-gov:lambda:" + region + ":" + localaws.AccountID + ":function:" + name
}

// world is a simulated account with the guard deployed, in the simulated time
// of a synctest bubble.
type world struct {
	seed        uint64
	aws         *localaws.Account
	people      localaws.Principals
	functions   map[string]*function
	urls        map[string]string // of queues
	environment map[string]string
	rules       []stack.Rule
	began       time.Time
	calm        time.Time // from then on nothing goes wrong any more
	running     sync.WaitGroup
	ctx         context.Context
	end         context.CancelFunc

	mu       sync.Mutex
	excused  map[string]bool     // messages whose note was lost with a process
	joined   []joinedAlert       // alerts that were counted instead of sent
	answered map[string][]string // processes that answered an event, by its ID

	disturbances []*disturbance
	fates        map[string]fate // by the ID of the event, and of its record
	arrived      map[string]bool
	onCalm       []func()
	storyBegan   time.Time
	hard         []time.Time // when something was wrong with the repair of the setting
	mute         []time.Time // when something was wrong with alerts
	lostSessions int         // sessions that were opened, and the answer got lost
	unset        bool        // nobody has set the account default since it was deleted
}

// joinedAlert is an alert that was only counted.
type joinedAlert struct {
	at      time.Time
	process string
	event   string
}

// newWorld deploys the guard, with FIPS mode on.
func newWorld(seed uint64, policy string) (*world, error) {
	w := &world{seed: seed, people: localaws.Everyone(), excused: map[string]bool{}, answered: map[string][]string{}, fates: map[string]fate{}, arrived: map[string]bool{}, functions: map[string]*function{}}
	w.ctx, w.end = context.WithCancel(context.Background())
	w.aws = localaws.New(localaws.Options{Throttling: true, Concurrency: 200, RetryDelays: []time.Duration{time.Minute, 2 * time.Minute}})
	w.aws.StartInProcess()
	w.running.Go(func() { w.aws.Run(w.ctx) })
	w.began = w.aws.Now()
	w.do(step{kind: turnOn, who: "admin"})
	return w, w.deploy(policy)
}

// close ends everything.
func (w *world) close() error {
	w.end()
	err := w.aws.Close()
	w.running.Wait()
	return err
}

func (w *world) deploy(policy string) error {
	around, err := deployed()
	if err != nil {
		return err
	}
	topic, err := w.aws.CreateTopic(region, product.Alerts)
	if err != nil {
		return err
	}
	if err := w.aws.Subscribe(topic, "email", "on-call@example.com", true); err != nil {
		return err
	}
	bucket := product.Evidence + "-" + localaws.AccountID + "-" + region
	if err := w.aws.CreateBucket(region, bucket); err != nil {
		return err
	}
	if w.urls, err = around.MakeQueues(w.aws, region); err != nil {
		return err
	}
	key, err := w.aws.CreateSigningKey(region, w.people.Verifier)
	if err != nil {
		return err
	}
	if err := w.aws.WriteParameter(region, product.PolicyParameter, policies[policy]); err != nil {
		return err
	}
	settings := config.Verifier{
		Gate:           config.Gate{Enforcer: config.Enforcer{TopicARN: topic, Mode: modeOf(policy)}, PolicyParameter: product.PolicyParameter},
		EvidenceBucket: bucket, Sample: config.DefaultSample, FunctionARN: functionARN(product.Enforcer),
		Queues:   []string{w.urls[product.Undelivered], w.urls[product.Failed]},
		Reported: w.urls[product.Reported], SigningKey: key,
	}
	if err := w.aws.SubscribeQueue(topic, "arn:aws-us-gov:sqs:"+region+":"+localaws.AccountID+":"+product.Reported); err != nil {
		return err
	}
	w.environment = settings.Environment()
	w.environment["AWS_REGION"] = region
	w.environment["AWS_ENDPOINT_URL"] = w.aws.Endpoint()
	enforcer := func(p wiring.Process) (wiring.Function, error) { return wiring.EnforcerFunction(as(w.people.Guard, p)) }
	w.functions[product.Enforcer] = w.function(product.Enforcer, around, enforcer)
	w.functions[product.Gate] = w.function(product.Gate, around, func(p wiring.Process) (wiring.Function, error) {
		return wiring.GateFunction(as(w.people.Guard, p), scaling.New)
	})
	w.functions[product.Verifier] = w.function(product.Verifier, around, func(p wiring.Process) (wiring.Function, error) {
		return scans.Function(as(w.people.Verifier, p), hub.New, func(aws.Config, *s3.Client) asDeployed { return asDeployed{} })
	})
	if err := w.connect(around); err != nil {
		return err
	}
	if _, err := w.functions[product.Verifier].invoke(w.ctx, []byte(`{"look":"hourly"}`)); err != nil {
		return fmt.Errorf("scan before the story: %w", err)
	}
	return nil
}

func (w *world) function(name string, around stack.Stack, start func(wiring.Process) (wiring.Function, error)) *function {
	return &function{name: name, timeout: around.Timeouts[name], start: start, world: w}
}

// as gives a process the credentials of a role.
func as(who localaws.Principal, p wiring.Process) wiring.Process {
	getenv := p.Getenv
	p.Getenv = func(name string) string {
		switch name {
		case "AWS_ACCESS_KEY_ID":
			return who.AccessKeyID
		case "AWS_SECRET_ACCESS_KEY":
			return who.SecretAccessKey
		}
		return getenv(name)
	}
	return p
}

// connect puts up what is between events and functions.
func (w *world) connect(around stack.Stack) error {
	w.rules = around.Rules
	for _, s := range around.Sources {
		err := w.aws.AddSource(localaws.Source{
			Queue: w.urls[s.Queue], BatchSize: s.Batch, Concurrency: s.Most, Partial: s.Partial, Invoke: w.functions[s.Function].invoke,
		})
		if err != nil {
			return err
		}
	}
	for _, r := range around.Rules {
		rule := localaws.Rule{Name: r.Name, Region: region, Pattern: r.Pattern, Group: r.Group, TargetARN: functionARN(r.To)}
		if url, ok := w.urls[r.To]; ok {
			rule.TargetARN = "arn:aws-us-gov:sqs:" + region + ":" + localaws.AccountID + ":" + r.To
			rule.Send = func(group, body string) error { return w.aws.Send(url, group, body) }
		} else {
			rule.Invoke = func(ctx context.Context, event []byte) error {
				_, err := w.functions[r.To].invoke(ctx, event)
				return err
			}
		}
		if err := w.aws.Attach(w.disturbed(rule, r.To)); err != nil {
			return err
		}
	}
	for _, s := range around.Schedules {
		next, err := schedule(s.Expression)
		if err != nil {
			return err
		}
		w.running.Go(func() { w.keep(s, next) })
	}
	return nil
}

// keep sends a schedule's events until the world ends.
func (w *world) keep(s stack.Schedule, next func(time.Time) time.Time) {
	for n := 1; ; n++ {
		now := w.aws.Now()
		at := next(now)
		if !sleep(w.ctx, at.Sub(now)) {
			return
		}
		event := strings.NewReplacer("<id>", fmt.Sprintf("%s-%d", s.To, n), "<time>", at.Format(time.RFC3339)).Replace(s.Input)
		if url, ok := w.urls[s.To]; ok {
			_ = w.aws.Send(url, s.Group, event)
			continue
		}
		w.running.Go(func() { w.invokeAsync(s.To, []byte(event)) })
	}
}

// invokeAsync is Lambda's asynchronous invocation: two more attempts.
func (w *world) invokeAsync(function string, event []byte) {
	for _, pause := range []time.Duration{0, time.Minute, 2 * time.Minute} {
		if !sleep(w.ctx, pause) {
			return
		}
		if _, err := w.functions[function].invoke(w.ctx, event); err == nil {
			return
		}
	}
}

// schedule reads the expressions that the stack has: when is it next?
func schedule(expression string) (func(time.Time) time.Time, error) {
	var minute, hour int
	switch {
	case expression == "rate(1 minute)":
		return func(now time.Time) time.Time { return now.Truncate(time.Minute).Add(time.Minute) }, nil
	case scan(expression, "cron(%d * * * ? *)", &minute):
		return func(now time.Time) time.Time { return after(now, time.Hour, time.Duration(minute)*time.Minute) }, nil
	case scan(expression, "cron(%d %d * * ? *)", &minute, &hour):
		return func(now time.Time) time.Time {
			return after(now, 24*time.Hour, time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute)
		}, nil
	}
	return nil, fmt.Errorf("chaos does not know the schedule %q", expression)
}

func scan(text, format string, into ...any) bool {
	n, err := fmt.Sscanf(text, format, into...)
	return err == nil && n == len(into)
}

func after(now time.Time, period, offset time.Duration) time.Time {
	next := now.Truncate(period).Add(offset)
	if !next.After(now) {
		next = next.Add(period)
	}
	return next
}

// client is ECS in the hands of someone.
func (w *world) client(who localaws.Principal) *ecs.Client {
	c := w.aws.Config(who, region)
	c.HTTPClient = localaws.InProcess{Kernel: w.aws.Kernel}
	c.RetryMaxAttempts = 8
	return ecs.NewFromConfig(c)
}

// operationOf is the name of the call that a request makes.
func operationOf(r *http.Request) string {
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return operation[strings.LastIndex(operation, ".")+1:]
	}
	if strings.Contains(r.Header.Get("Authorization"), "/s3/") {
		return map[string]string{http.MethodPut: "PutObject", http.MethodGet: "GetObject"}[r.Method]
	}
	if r.Body == nil {
		return ""
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, rest, _ := strings.Cut(string(body), "Action=")
	action, _, _ := strings.Cut(rest, "&")
	return action
}

// log keeps what the oracle needs of a process's log.
func (w *world) log(process string) io.Writer { return &processLog{w, process} }

type processLog struct {
	world   *world
	process string
}

func (l *processLog) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(`"joined":true`)) {
		var entry struct {
			EventID string `json:"eventID"`
		}
		if json.Unmarshal(line, &entry) == nil {
			l.world.mu.Lock()
			l.world.joined = append(l.world.joined, joinedAlert{l.world.aws.Now(), l.process, entry.EventID})
			l.world.mu.Unlock()
		}
	}
	return len(line), nil
}

// wasHard notes that a repair of the setting may take longer.
func (w *world) wasHard() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hard = append(w.hard, w.aws.Now())
}

// wasMute notes that an alert may have been lost.
func (w *world) wasMute() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = append(w.mute, w.aws.Now())
}

// lostSession notes that a session may be open of which nobody knows.
func (w *world) lostSession() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lostSessions++
}

// setUnset notes whether the account default has a value.
func (w *world) setUnset(unset bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unset = unset
}

// answersEmpty: every other account answers an empty list for a value that
// nobody has set.
func (w *world) answersEmpty() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.unset && w.seed%2 == 0
}

// isAnswered notes which process gets an event.
func (w *world) isAnswered(event []byte, process string) {
	_, rest, ok := strings.Cut(string(event), `"eventID":"`)
	if !ok || len(rest) < 36 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answered[rest[:36]] = append(w.answered[rest[:36]], process)
}

func (w *world) published() int { return len(w.aws.Published()) }

func (w *world) publishedSince(n int) []string {
	var ids []string
	for _, m := range w.aws.Published()[n:] {
		ids = append(ids, m.MessageID)
	}
	return ids
}

// excuse notes alerts that may go out once more.
func (w *world) excuse(messages []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range messages {
		w.excused[id] = true
	}
}

// isOn reads the account default, as root sees it.
func (w *world) isOn() bool {
	out, err := w.client(w.people.Root).ListAccountSettings(w.ctx, &ecs.ListAccountSettingsInput{Name: guard.SettingName, EffectiveSettings: true})
	return err == nil && len(out.Settings) == 1 && aws.ToString(out.Settings[0].Value) == "enabled"
}
