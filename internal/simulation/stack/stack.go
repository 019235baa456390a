// Package stack reads what the committed template of the stack puts between
// EventBridge and the functions, so that simulations deliver just what the
// deployed guard would get: a wrong pattern or queue breaks them.
package stack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	source "fipsguard/infra/template"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
)

// Stack is what is deployed around the functions.
type Stack struct {
	Rules     []Rule
	Schedules []Schedule
	Queues    []Queue
	Sources   []Source
	// Subscribed are the names of the queues that get what is published.
	Subscribed []string
	Timeouts   map[string]time.Duration // of the functions, by name
}

// Rule is an EventBridge rule with a pattern.
type Rule struct {
	Name, Pattern string
	Group         string // of a FIFO queue
	To            string // the function's or queue's name
}

// Schedule is an EventBridge rule with a schedule. Input is what it sends;
// <id> and <time> in it stand for the event's.
type Schedule struct {
	Name, Expression, Input string
	Every                   time.Duration // of rate(1 minute); zero at an hour of the day
	Group                   string        // of a FIFO queue
	To                      string        // the function's or queue's name
}

// Queue is an SQS queue.
type Queue struct {
	Name        string
	Options     localaws.QueueOptions
	DeadLetters string // the name of a queue
}

// Source is an event source mapping.
type Source struct {
	Queue, Function string // names
	Batch, Most     int
	Partial         bool
}

// reference is how a template names another resource.
type reference struct {
	GetAtt []string `json:"Fn::GetAtt"`
	Ref    string
}

type resources map[string]struct {
	Type       string
	Properties json.RawMessage
}

// name is what the function or queue behind a reference is called.
func (r resources) name(to reference) string {
	id := to.Ref
	if len(to.GetAtt) > 0 {
		id = to.GetAtt[0]
	}
	var named struct {
		QueueName    string
		FunctionName any // of a permission it is a reference
	}
	if json.Unmarshal(r[id].Properties, &named) != nil {
		return ""
	}
	if function, ok := named.FunctionName.(string); ok {
		return function
	}
	return named.QueueName
}

// Read reads the template for one account in a Region.
func Read(region string) (Stack, error) {
	var template struct{ Resources resources }
	if err := json.Unmarshal(source.JSON(), &template); err != nil {
		return Stack{}, fmt.Errorf("read the stack's template: %w", err)
	}
	found := Stack{Timeouts: map[string]time.Duration{}}
	for _, id := range slices.Sorted(maps.Keys(template.Resources)) {
		if err := found.add(template.Resources, id, region); err != nil {
			return Stack{}, fmt.Errorf("read %s of the stack's template: %w", id, err)
		}
	}
	if len(found.Rules) == 0 || len(found.Sources) == 0 {
		return Stack{}, errors.New("the stack's template has no rules, or no event source mappings")
	}
	return found, nil
}

func (s *Stack) add(all resources, id, region string) error {
	switch r := all[id]; r.Type {
	case "AWS::Events::Rule":
		return s.addRule(all, r.Properties, region)
	case "AWS::SQS::Queue":
		return s.addQueue(all, r.Properties)
	case "AWS::Lambda::EventSourceMapping":
		return s.addSource(all, r.Properties)
	case "AWS::SNS::Subscription":
		return s.addSubscription(all, r.Properties)
	case "AWS::Lambda::Function":
		return s.addFunction(r.Properties)
	}
	return nil
}

// target is where a rule sends its events.
type target struct {
	Arn              reference
	SqsParameters    struct{ MessageGroupID string }
	Input            string
	InputTransformer struct{ InputTemplate any } // a text where the template knows it
}

func (s *Stack) addRule(all resources, properties json.RawMessage, region string) error {
	var rule struct {
		Name               string
		EventPattern       any
		ScheduleExpression string
		Targets            []target
	}
	if err := json.Unmarshal(properties, &rule); err != nil {
		return err
	}
	pattern, err := json.Marshal(resolved(rule.EventPattern, region))
	if err != nil {
		return err
	}
	for _, t := range rule.Targets {
		// The rules about the guard itself publish to the topic.
		to, group := all.name(t.Arn), t.SqsParameters.MessageGroupID
		template, _ := t.InputTransformer.InputTemplate.(string)
		switch {
		case to == "":
		case rule.EventPattern == nil:
			s.Schedules = append(s.Schedules, Schedule{rule.Name, rule.ScheduleExpression, cmp.Or(t.Input, template), rateOf(rule.ScheduleExpression), group, to})
		default:
			s.Rules = append(s.Rules, Rule{rule.Name, string(pattern), group, to})
		}
	}
	return nil
}

// addSubscription takes those of the guard's own queues.
func (s *Stack) addSubscription(all resources, properties json.RawMessage) error {
	var subscription struct {
		Endpoint           reference
		RawMessageDelivery bool
	}
	if err := json.Unmarshal(properties, &subscription); err != nil {
		return err
	}
	if queue := all.name(subscription.Endpoint); queue != "" && subscription.RawMessageDelivery {
		s.Subscribed = append(s.Subscribed, queue)
	}
	return nil
}

// rateOf is how often rate(1 minute) comes.
func rateOf(schedule string) time.Duration {
	var n int
	if _, err := fmt.Sscanf(schedule, "rate(%d minute", &n); err != nil {
		return 0
	}
	return time.Duration(n) * time.Minute
}

func (s *Stack) addFunction(properties json.RawMessage) error {
	var function struct {
		FunctionName string
		Timeout      int
	}
	if err := json.Unmarshal(properties, &function); err != nil {
		return err
	}
	s.Timeouts[function.FunctionName] = time.Duration(function.Timeout) * time.Second
	return nil
}

func (s *Stack) addQueue(all resources, properties json.RawMessage) error {
	var queue struct {
		QueueName                       string
		DelaySeconds, VisibilityTimeout int
		RedrivePolicy                   struct {
			DeadLetterTargetArn reference
			MaxReceiveCount     int
		}
	}
	if err := json.Unmarshal(properties, &queue); err != nil {
		return err
	}
	s.Queues = append(s.Queues, Queue{
		Name:        queue.QueueName,
		DeadLetters: all.name(queue.RedrivePolicy.DeadLetterTargetArn),
		Options: localaws.QueueOptions{
			Delay: time.Duration(queue.DelaySeconds) * time.Second, Visibility: time.Duration(queue.VisibilityTimeout) * time.Second,
			MaxReceives: queue.RedrivePolicy.MaxReceiveCount,
		},
	})
	return nil
}

func (s *Stack) addSource(all resources, properties json.RawMessage) error {
	var mapping struct {
		EventSourceArn, FunctionName reference
		BatchSize                    int
		FunctionResponseTypes        []string
		ScalingConfig                struct{ MaximumConcurrency int }
	}
	if err := json.Unmarshal(properties, &mapping); err != nil {
		return err
	}
	s.Sources = append(s.Sources, Source{
		Queue: all.name(mapping.EventSourceArn), Function: all.name(mapping.FunctionName), Batch: mapping.BatchSize,
		Most: mapping.ScalingConfig.MaximumConcurrency, Partial: slices.Contains(mapping.FunctionResponseTypes, "ReportBatchItemFailures"),
	})
	return nil
}

// resolved is a value of the template with Fn::Join and the pseudo parameters
// put in.
func resolved(value any, region string) any {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			value[i] = resolved(item, region)
		}
	case map[string]any:
		if name, ok := value["Ref"].(string); ok {
			return map[string]string{"AWS::Partition": "aws-us-gov", "AWS::AccountId": localaws.AccountID, "AWS::Region": region}[name]
		}
		if join, ok := value["Fn::Join"].([]any); ok && len(join) == 2 {
			var text strings.Builder
			parts, _ := resolved(join[1], region).([]any)
			for _, part := range parts {
				fmt.Fprint(&text, part)
			}
			return text.String()
		}
		for name, item := range value {
			value[name] = resolved(item, region)
		}
	}
	return value
}

// MakeQueues makes the stack's queues and returns their URLs, by name. Those of
// dead letters come first.
func (s Stack) MakeQueues(aws *localaws.Account, region string) (map[string]string, error) {
	urls := map[string]string{}
	for _, last := range []bool{false, true} {
		for _, q := range s.Queues {
			// The undelivered events' queue names one that is never used.
			if hasDeadLetters := q.DeadLetters != ""; hasDeadLetters != last {
				continue
			}
			q.Options.DeadLetters = urls[q.DeadLetters]
			url, err := aws.CreateQueueWith(region, q.Name, q.Options)
			if err != nil {
				return nil, err
			}
			urls[q.Name] = url
		}
	}
	for _, name := range []string{product.Workloads, product.Scans, product.Reported} {
		if urls[name] == "" {
			return nil, fmt.Errorf("the stack's template has no queue %s", name)
		}
	}
	return urls, nil
}
