package ecsexec

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every recorded session of AWS's agent, against this client.
func TestReplay(t *testing.T) {
	want := map[string]string{
		"fips-1":      "1\r\n",
		"fips-0":      "0\r\n",
		"absent-file": "cat: /proc/sys/crypto/absent: No such file or directory\r\n",
		"kms":         "0\r\n",
	}
	for _, r := range recordings(t) {
		t.Run(r.Name, func(t *testing.T) {
			g := newGateway(t, func(a *agent) error { return replay(a, r) })
			g.session = r.Session
			g.dataKey = func(keyID string, encryptionContext map[string]string) ([]byte, []byte, error) {
				if diff := cmp.Diff(r.EncryptionContext, encryptionContext); diff != "" || keyID != r.KMSKey {
					return nil, nil, fmt.Errorf("data key under %q (-want +got):\n%s", keyID, diff)
				}
				return append([]byte{}, r.DataKey...), r.Wrapped, nil
			}
			got, err := g.runAs(t, t.Context(), g.client(), r.Target, r.Command)
			if err != nil {
				t.Fatal(err)
			}
			if text, ok := want[r.Name]; !ok || got != text {
				t.Errorf("output %q, want %q", got, text)
			}
			g.agentDone(t)
			asked := executeRequest{Cluster: r.Target.Cluster, Task: r.Target.Task, Container: "app", Command: r.Command, Interactive: true}
			if diff := cmp.Diff([]executeRequest{asked}, g.executed); diff != "" {
				t.Errorf("ExecuteCommand (-want +got):\n%s", diff)
			}
		})
	}
}

// replay sends what the agent sent and expects what the plugin answered.
func replay(a *agent, r recording) error {
	for n, line := range r.Lines {
		if line.From != "client" {
			if err := a.raw(line.Message); err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
			continue
		}
		got, err := a.hear()
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		want, err := decode(line.Message)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := sameFrame(r, want, got); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

// sameFrame compares what both clients decide: not the ids, the times, the
// order of JSON members and the nonces.
func sameFrame(r recording, want, got frame) error {
	wantContent, err := content(r, want)
	if err != nil {
		return err
	}
	gotContent, err := content(r, got)
	if err != nil {
		return err
	}
	got.ID, got.Created, got.Payload = want.ID, want.Created, want.Payload
	if diff := cmp.Diff(want, got) + cmp.Diff(wantContent, gotContent); diff != "" {
		return fmt.Errorf("(-want +got):\n%s", diff)
	}
	return nil
}

func content(r recording, f frame) (any, error) {
	if f.PayloadType == payloadChallengeResponse {
		keys, err := agentKeys(r.DataKey)
		if err != nil {
			return nil, err
		}
		var proof challenge
		if err := json.Unmarshal(f.Payload, &proof); err != nil {
			return nil, err
		}
		return keys.open(proof.Challenge)
	}
	var v any
	err := json.Unmarshal(f.Payload, &v)
	return v, err
}
