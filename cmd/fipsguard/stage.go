package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"fipsguard/internal/aws/ecsapi"
	"fipsguard/internal/aws/notify"
	"fipsguard/internal/enforcer"
	"fipsguard/internal/evidence"
	"fipsguard/internal/guard"
	"fipsguard/internal/localaws"
	"fipsguard/internal/metric"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// stageRegion is where simulations play.
const stageRegion = "us-gov-west-1"

// functionTime is how long the simulated function may work on one event.
const functionTime = time.Minute

// stage is a local account with the guard attached, as the stack attaches it
// to a real one.
type stage struct {
	account *localaws.Account
	people  localaws.Principals
	policy  guard.Policy
	reports []evidence.Document // of the verifier's looks

	mu         sync.Mutex
	happenings []localaws.Happening
	watch      func(localaws.Happening) // told as it happens; may be nil
}

// newStage starts a local account at an address and attaches an enforcer with
// a policy. FIPS mode is on, as a deployment of the guard leaves it. In
// simulated time the guard's waits pass at once.
func newStage(ctx context.Context, address string, policy guard.Policy, options localaws.Options, simulatedTime bool) (*stage, error) {
	s := &stage{people: localaws.Everyone(), policy: policy}
	options.Observe = s.add
	s.account = localaws.New(options)
	if err := s.account.Start(address); err != nil {
		return nil, err
	}
	sleep := ecsapi.Sleep
	if simulatedTime {
		sleep = s.account.Sleep
	}
	if err := s.attach(ctx, sleep); err != nil {
		return nil, errors.Join(err, s.account.Close())
	}
	return s, nil
}

func (s *stage) attach(ctx context.Context, sleep func(context.Context, time.Duration) error) error {
	topic, err := s.account.CreateTopic(stageRegion, "fipsguard-alerts")
	if err != nil {
		return err
	}
	config := s.configFor(s.people.Guard)
	e := &enforcer.Enforcer{
		Account: ecsapi.NewAccount(
			ecs.NewFromConfig(config, ecsapi.HalfOfBuckets(s.account.Now, sleep)),
			applicationautoscaling.NewFromConfig(config),
			s.account.Now,
		),
		Notifier: notify.Topic{SNS: sns.NewFromConfig(config), ARN: topic},
		Policy:   s.policy,
		Log:      slog.New(slog.DiscardHandler),
		Metrics:  metric.NewWriter(io.Discard),
		Now:      s.account.Now,
	}
	location := guard.Location{Account: localaws.AccountID, Region: stageRegion}
	if err := e.Look(ctx, location, "fipsguard deployed"); err != nil {
		return fmt.Errorf("turn FIPS mode on in the local account: %w", err)
	}
	rules, err := deployedRules()
	if err != nil {
		return err
	}
	for _, r := range rules {
		err := s.account.Attach(localaws.Rule{
			Name: r.name, Region: stageRegion, Pattern: r.pattern,
			Invoke: func(ctx context.Context, event []byte) error {
				ctx, cancel := context.WithTimeout(ctx, functionTime)
				defer cancel()
				return e.Respond(ctx, location, event)
			},
		})
		if err != nil {
			return err
		}
	}
	s.forget()
	return nil
}

// configFor lets the AWS SDK call the local account as a principal.
func (s *stage) configFor(p localaws.Principal) aws.Config {
	return s.account.Config(p, stageRegion)
}

// as is ECS in the hands of a principal.
func (s *stage) as(p localaws.Principal) *ecs.Client { return ecs.NewFromConfig(s.configFor(p)) }

// show tells of what happens from now on, as it happens.
func (s *stage) show(watch func(localaws.Happening)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = watch
}

func (s *stage) add(h localaws.Happening) {
	s.mu.Lock()
	s.happenings = append(s.happenings, h)
	watch := s.watch
	s.mu.Unlock()
	if watch != nil {
		watch(h)
	}
}

// seen is what happened since the last forget.
func (s *stage) seen() []localaws.Happening {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]localaws.Happening(nil), s.happenings...)
}

func (s *stage) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.happenings = nil
}

// alerts are the messages among the happenings.
func alerts(happenings []localaws.Happening) []localaws.Message {
	var messages []localaws.Message
	for _, h := range happenings {
		if h.Message != nil {
			messages = append(messages, *h.Message)
		}
	}
	return messages
}
