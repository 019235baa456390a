package wiring

import (
	"bytes"
	"encoding/json"
)

// Message is one message of a queue, as Lambda hands it to a function.
type Message struct {
	ID        string `json:"messageId"`
	Body      string `json:"body"`
	EventFrom string `json:"eventSource"`
}

// Batch reads the messages with which Lambda invokes a function from an SQS
// queue. Events of EventBridge are none.
func Batch(event []byte) (messages []Message, ok bool) {
	const queue = "aws:sqs"
	if !bytes.Contains(event, []byte(queue)) {
		return nil, false // spares events a second parsing
	}
	var batch struct{ Records []Message }
	if err := json.Unmarshal(event, &batch); err != nil || len(batch.Records) == 0 {
		return nil, false
	}
	for _, m := range batch.Records {
		if m.ID == "" || m.EventFrom != queue {
			return nil, false
		}
	}
	return batch.Records, true
}

// failures answers Lambda which messages of a batch have to come again; the
// others leave the queue.
func failures(ids []string) ([]byte, error) {
	type item struct {
		ID string `json:"itemIdentifier"`
	}
	answer := struct {
		Items []item `json:"batchItemFailures"`
	}{Items: []item{}}
	for _, id := range ids {
		answer.Items = append(answer.Items, item{id})
	}
	return json.Marshal(answer)
}
