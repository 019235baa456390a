package sqs_test

import (
	"context"
	"crypto/fips140"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
)

// worker is a function behind a queue, with what it was invoked with.
type worker struct {
	mu      sync.Mutex
	batches [][]string
	most    int
	running int
	answer  func(bodies []string, ids map[string]string) ([]byte, error)
}

func (w *worker) invoke(_ context.Context, event []byte) ([]byte, error) {
	var batch struct {
		Records []struct{ MessageID, Body, EventSource string }
	}
	if err := json.Unmarshal(event, &batch); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running++
	w.most = max(w.most, w.running)
	defer func() { w.running-- }()
	var bodies []string
	ids := map[string]string{}
	for _, r := range batch.Records {
		bodies = append(bodies, r.Body)
		ids[r.Body] = r.MessageID
	}
	w.batches = append(w.batches, bodies)
	if w.answer == nil {
		return nil, nil
	}
	return w.answer(bodies, ids)
}

// failing answers that messages with these bodies failed.
func failing(failed ...string) func([]string, map[string]string) ([]byte, error) {
	return func(_ []string, ids map[string]string) ([]byte, error) {
		var items []string
		for _, body := range failed {
			if id, ok := ids[body]; ok {
				items = append(items, fmt.Sprintf(`{"itemIdentifier":%q}`, id))
			}
		}
		return []byte(`{"batchItemFailures":[` + strings.Join(items, ",") + `]}`), nil
	}
}

// worked is an account with a queue, its dead letters and a function.
func worked(t *testing.T, name string, o localaws.QueueOptions, s localaws.Source, w *worker) (a *localaws.Account, url, dead string) {
	t.Helper()
	a = localtest.Start(t, localaws.Options{Concurrency: 1, Now: func() time.Time { return time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC) }})
	suffix := ""
	if strings.HasSuffix(name, ".fifo") {
		suffix = ".fifo"
	}
	dead, err := a.CreateQueue(localtest.West, "dead"+suffix)
	if err != nil {
		t.Fatal(err)
	}
	o.DeadLetters = dead
	if url, err = a.CreateQueueWith(localtest.West, name, o); err != nil {
		t.Fatal(err)
	}
	s.Queue, s.Invoke = url, w.invoke
	if err := a.AddSource(s); err != nil {
		t.Fatal(err)
	}
	return a, url, dead
}

func send(t *testing.T, a *localaws.Account, url, group string, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		if err := a.Send(url, group, body); err != nil {
			t.Fatal(err)
		}
	}
	pass(t, a, 0)
}

func pass(t *testing.T, a *localaws.Account, d time.Duration) {
	t.Helper()
	if err := a.Advance(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// TestAMessageThatFails comes again alone after the visibility timeout, and
// ends among the dead letters.
func TestAMessageThatFails(t *testing.T) {
	w := &worker{answer: failing("bad")}
	a, url, dead := worked(t, "work", localaws.QueueOptions{Visibility: time.Minute, MaxReceives: 2}, localaws.Source{BatchSize: 5, Partial: true}, w)
	send(t, a, url, "", "good", "bad")
	pass(t, a, 59*time.Second)
	if diff := cmp.Diff([][]string{{"good"}, {"bad"}}, w.batches); diff != "" {
		t.Errorf("before its timeout (-want +got):\n%s", diff)
	}
	pass(t, a, 2*time.Minute)
	if diff := cmp.Diff([][]string{{"good"}, {"bad"}, {"bad"}}, w.batches); diff != "" {
		t.Errorf("after two timeouts (-want +got):\n%s", diff)
	}
	if letters := a.Letters(dead); len(letters) != 1 || letters[0].Body != "bad" || letters[0].Receives != 2 || len(a.Letters(url)) != 0 {
		t.Errorf("dead letters %v, left %v", letters, a.Letters(url))
	}
}

// TestAGroupGoesOneByOne: what gathers in a FIFO queue is one batch, and
// nothing is handed over while a batch is out.
func TestAGroupGoesOneByOne(t *testing.T) {
	w := &worker{}
	a, url, _ := worked(t, "scans.fifo", localaws.QueueOptions{Delay: time.Minute, Visibility: time.Hour}, localaws.Source{BatchSize: 10}, w)
	send(t, a, url, "scans", "one", "two", "three")
	if len(w.batches) != 0 {
		t.Errorf("the delay is not kept: %v", w.batches)
	}
	pass(t, a, 2*time.Minute)
	if diff := cmp.Diff([][]string{{"one", "two", "three"}}, w.batches); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.answer = func([]string, map[string]string) ([]byte, error) { return nil, errors.New("crash") }
	send(t, a, url, "scans", "four")
	pass(t, a, time.Minute)
	send(t, a, url, "scans", "five")
	pass(t, a, 58*time.Minute)
	if len(w.batches) != 2 {
		t.Errorf("the group goes on behind a batch that crashed: %v", w.batches)
	}
	pass(t, a, 3*time.Minute)
	if diff := cmp.Diff([]string{"four", "five"}, w.batches[2]); diff != "" {
		t.Errorf("after the visibility timeout (-want +got):\n%s", diff)
	}
}

// TestTheSameBodyIsSwallowed for five minutes, also after the first was
// processed: that is why requests carry an ID.
func TestTheSameBodyIsSwallowed(t *testing.T) {
	w := &worker{}
	a, url, _ := worked(t, "scans.fifo", localaws.QueueOptions{}, localaws.Source{BatchSize: 10}, w)
	send(t, a, url, "scans", "same", "same")
	pass(t, a, 4*time.Minute)
	send(t, a, url, "scans", "same")
	pass(t, a, time.Minute)
	send(t, a, url, "scans", "same")
	if diff := cmp.Diff([][]string{{"same"}, {"same"}}, w.batches); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.Send(url, "", "x") == nil {
		t.Error("a FIFO queue takes a message without a group")
	}
}

// TestAnswersOfBatches are read as Lambda does.
func TestAnswersOfBatches(t *testing.T) {
	answers := func(text string, err error) func([]string, map[string]string) ([]byte, error) {
		return func([]string, map[string]string) ([]byte, error) { return []byte(text), err }
	}
	for name, c := range map[string]struct {
		queue  string
		answer func([]string, map[string]string) ([]byte, error)
		left   []string
	}{
		"nothing":               {"work.fifo", nil, nil},
		"one failed, in order":  {"work.fifo", failing("b"), []string{"b", "c"}},
		"the function fails":    {"work.fifo", answers("", errors.New("crash")), []string{"a", "b", "c"}},
		"garbage":               {"work.fifo", answers("ok", nil), []string{"a", "b", "c"}},
		"an ID of no message":   {"work.fifo", answers(`{"batchItemFailures":[{"itemIdentifier":"x"}]}`, nil), []string{"a", "b", "c"}},
		"no item":               {"work.fifo", answers(`{"batchItemFailures":[]}`, nil), nil},
		"an ID that is missing": {"work.fifo", answers(`{"batchItemFailures":[{}]}`, nil), []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := &worker{answer: c.answer}
			a, url, _ := worked(t, c.queue, localaws.QueueOptions{Delay: time.Second}, localaws.Source{BatchSize: 10, Partial: true}, w)
			send(t, a, url, "g", "a", "b", "c")
			pass(t, a, time.Second)
			var left []string
			for _, letter := range a.Letters(url) {
				left = append(left, letter.Body)
			}
			if diff := cmp.Diff(c.left, left); diff != "" {
				t.Errorf("left in the queue (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSendAndReceive goes through the SDK, which checks digests.
func TestSendAndReceive(t *testing.T) {
	if fips140.Enforced() {
		t.Skip("SQS's digests of messages are MD5, which this mode does not have")
	}
	a := localtest.Start(t, localaws.Options{})
	url, err := a.CreateQueue(localtest.West, "notes")
	if err != nil {
		t.Fatal(err)
	}
	client := sqsOf(a, localaws.Everyone().Guard, localtest.West)
	if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("hello")}); err != nil {
		t.Fatal(err)
	}
	receive := func() *sqs.ReceiveMessageOutput {
		t.Helper()
		out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	got := receive()
	if len(got.Messages) != 1 || aws.ToString(got.Messages[0].Body) != "hello" || len(receive().Messages) != 0 {
		t.Fatalf("received %v, and it is not hidden after", got.Messages)
	}
	if _, err := client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: got.Messages[0].ReceiptHandle}); err != nil {
		t.Fatal(err)
	}
	if left := a.Letters(url); len(left) != 0 {
		t.Errorf("%v are left", left)
	}
	if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("x"), MessageGroupId: aws.String("g")}); localtest.Code(err) != "MissingParameter" {
		t.Errorf("a standard queue takes a message group: %v", err)
	}
}
