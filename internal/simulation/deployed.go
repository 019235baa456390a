package simulation

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fipsguard/infra/template"
	"fipsguard/internal/localaws"
	"fipsguard/internal/product"
)

// deployed is what the stack puts between EventBridge and the functions. It is
// read from the committed template, so that the simulation delivers just what
// the deployed guard would get: a wrong pattern or queue breaks it.
type deployed struct {
	rules      []deployedRule
	queues     []deployedQueue
	sources    []deployedSource
	subscribed []string // names of the queues that get what is published on the topic
}

// deployedRule is an EventBridge rule with a pattern, or one that comes every
// so often.
type deployedRule struct {
	name, pattern string
	every         time.Duration
	input         string // of a schedule
	group         string // of a FIFO queue
	to            string // the function's or queue's name
}

type deployedQueue struct {
	name        string
	options     localaws.QueueOptions
	deadLetters string // the name of a queue
}

// deployedSource is an event source mapping.
type deployedSource struct {
	queue, function string // names
	batch, most     int
	partial         bool
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

func deployedStack() (deployed, error) {
	var stack struct{ Resources resources }
	if err := json.Unmarshal(template.JSON(), &stack); err != nil {
		return deployed{}, fmt.Errorf("read the stack's template: %w", err)
	}
	var found deployed
	for _, id := range slices.Sorted(maps.Keys(stack.Resources)) {
		if err := found.add(stack.Resources, id); err != nil {
			return deployed{}, fmt.Errorf("read %s of the stack's template: %w", id, err)
		}
	}
	if len(found.rules) == 0 || len(found.sources) == 0 {
		return deployed{}, errors.New("the stack's template has no rules, or no event source mappings")
	}
	return found, nil
}

func (d *deployed) add(all resources, id string) error {
	switch r := all[id]; r.Type {
	case "AWS::Events::Rule":
		return d.addRule(all, r.Properties)
	case "AWS::SQS::Queue":
		return d.addQueue(all, r.Properties)
	case "AWS::Lambda::EventSourceMapping":
		return d.addSource(all, r.Properties)
	case "AWS::SNS::Subscription":
		return d.addSubscription(all, r.Properties)
	}
	return nil
}

// addSubscription takes those of the guard's own queues.
func (d *deployed) addSubscription(all resources, properties json.RawMessage) error {
	var subscription struct {
		Endpoint           reference
		RawMessageDelivery bool
	}
	if err := json.Unmarshal(properties, &subscription); err != nil {
		return err
	}
	if queue := all.name(subscription.Endpoint); queue != "" && subscription.RawMessageDelivery {
		d.subscribed = append(d.subscribed, queue)
	}
	return nil
}

func (d *deployed) addRule(all resources, properties json.RawMessage) error {
	var rule struct {
		Name, ScheduleExpression string
		EventPattern             any
		Targets                  []struct {
			Arn           reference
			Input         string
			SqsParameters struct{ MessageGroupID string }
		}
	}
	if err := json.Unmarshal(properties, &rule); err != nil {
		return err
	}
	every, often := rateOf(rule.ScheduleExpression)
	if rule.EventPattern == nil && !often {
		return nil // scans at an hour of the day are asked for by hand
	}
	pattern, err := json.Marshal(resolved(rule.EventPattern))
	if err != nil {
		return err
	}
	for _, target := range rule.Targets {
		// The rules about the guard itself publish to the topic.
		if to := all.name(target.Arn); to != "" {
			d.rules = append(d.rules, deployedRule{rule.Name, string(pattern), every, target.Input, target.SqsParameters.MessageGroupID, to})
		}
	}
	return nil
}

// rateOf is how often rate(1 minute) comes.
func rateOf(schedule string) (every time.Duration, ok bool) {
	var n int
	if _, err := fmt.Sscanf(schedule, "rate(%d minute", &n); err != nil {
		return 0, false
	}
	return time.Duration(n) * time.Minute, true
}

func (d *deployed) addQueue(all resources, properties json.RawMessage) error {
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
	d.queues = append(d.queues, deployedQueue{
		name:        queue.QueueName,
		deadLetters: all.name(queue.RedrivePolicy.DeadLetterTargetArn),
		options: localaws.QueueOptions{
			Delay: time.Duration(queue.DelaySeconds) * time.Second, Visibility: time.Duration(queue.VisibilityTimeout) * time.Second,
			MaxReceives: queue.RedrivePolicy.MaxReceiveCount,
		},
	})
	return nil
}

func (d *deployed) addSource(all resources, properties json.RawMessage) error {
	var source struct {
		EventSourceArn, FunctionName reference
		BatchSize                    int
		FunctionResponseTypes        []string
		ScalingConfig                struct{ MaximumConcurrency int }
	}
	if err := json.Unmarshal(properties, &source); err != nil {
		return err
	}
	d.sources = append(d.sources, deployedSource{
		queue: all.name(source.EventSourceArn), function: all.name(source.FunctionName), batch: source.BatchSize,
		most: source.ScalingConfig.MaximumConcurrency, partial: slices.Contains(source.FunctionResponseTypes, "ReportBatchItemFailures"),
	})
	return nil
}

// resolved is a value of the template with Fn::Join and the pseudo parameters
// put in.
func resolved(value any) any {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			value[i] = resolved(item)
		}
	case map[string]any:
		if name, ok := value["Ref"].(string); ok {
			return map[string]string{"AWS::Partition": "aws-us-gov", "AWS::AccountId": localaws.AccountID, "AWS::Region": Region}[name]
		}
		if join, ok := value["Fn::Join"].([]any); ok && len(join) == 2 {
			var text strings.Builder
			parts, _ := resolved(join[1]).([]any)
			for _, part := range parts {
				fmt.Fprint(&text, part)
			}
			return text.String()
		}
		for name, item := range value {
			value[name] = resolved(item)
		}
	}
	return value
}

// queueURLs makes the stack's queues and returns their URLs, by name. Those of
// dead letters come first.
func (d deployed) queueURLs(aws *localaws.Account) (map[string]string, error) {
	urls := map[string]string{}
	for _, last := range []bool{false, true} {
		for _, q := range d.queues {
			// The undelivered events' queue names one that is never used.
			if hasDeadLetters := q.deadLetters != ""; hasDeadLetters != last {
				continue
			}
			q.options.DeadLetters = urls[q.deadLetters]
			url, err := aws.CreateQueueWith(Region, q.name, q.options)
			if err != nil {
				return nil, err
			}
			urls[q.name] = url
		}
	}
	for _, name := range []string{product.Workloads, product.Scans, product.Reported} {
		if urls[name] == "" {
			return nil, fmt.Errorf("the stack's template has no queue %s", name)
		}
	}
	return urls, nil
}
