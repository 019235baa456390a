package readback

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fipsguard/internal/component"
	"fipsguard/internal/guard"

	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// errNotThis says that a change does not apply to a resource.
var errNotThis = errors.New("not this one")

// TestEveryResourceOfTheTemplate: someone removes it, or alters it; the next
// self-check names it and says what is not as it was.
func TestEveryResourceOfTheTemplate(t *testing.T) {
	w := deploy(t)
	for _, meant := range w.means {
		if f := w.finding(meant); f.Verdict != guard.Compliant {
			t.Fatalf("before anyone changed it, %s is %s: %s", meant.Words, f.Verdict, f.Reason)
		}
	}
	table := changes()
	for id, r := range w.objects {
		if r.Type == "Custom::FargateFIPSMode" {
			continue // the setting itself, which every scan reads
		}
		if given, asked := strings.CutSuffix(r.Condition, "Given"); asked && w.place.Known[given] == "" {
			continue
		}
		all := table[r.Type]
		if len(all) == 0 {
			t.Errorf("no case changes a %s, as %s is", r.Type, id)
			continue
		}
		meant := w.owner(id)
		for _, c := range all {
			err := c.do(w, id, meant)
			if errors.Is(err, errNotThis) {
				continue
			}
			if err != nil {
				t.Errorf("someone %s (%s): %v", c.does, id, err)
				w.restore(meant)
				continue
			}
			f := w.finding(meant)
			if f.Verdict != guard.NonCompliant || !strings.Contains(f.Reason, c.says) || !strings.Contains(strings.ToLower(f.Reason), strings.ToLower(meant.Words)) {
				t.Errorf("someone %s (%s, %s): %s: %s; want %q", c.does, r.Type, id, f.Verdict, f.Reason, c.says)
			}
			w.restore(meant)
			if f := w.finding(meant); f.Verdict != guard.Compliant {
				t.Fatalf("%s was made again after someone %s, and is %s: %s", meant.Words, c.does, f.Verdict, f.Reason)
			}
		}
	}
}

// owner is the component that a resource is, or belongs to.
func (w *world) owner(id string) component.Meant {
	w.t.Helper()
	if meant, ok := w.means[id]; ok {
		return meant
	}
	for _, property := range []string{"FunctionName", "Queues", "Topics", "TopicArn", "Bucket", "TargetKeyId"} {
		if meant, ok := w.means[target(w, id, property)]; ok {
			return meant
		}
	}
	w.t.Fatalf("%s belongs to no component", id)
	return component.Meant{}
}

// target is the logical ID that a property of a resource refers to.
func target(w *world, id, property string) string {
	value := w.objects[id].Properties[property]
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	of, _ := value.(map[string]any)
	if to, ok := of["Ref"].(string); ok {
		return to
	}
	if path, ok := of["Fn::GetAtt"].([]any); ok {
		return path[0].(string)
	}
	return ""
}

// restore makes a component anew.
func (w *world) restore(meant component.Meant) {
	w.t.Helper()
	w.protection.policies = nil
	if meant.Type == "AWS::KMS::Key" { // it stays
		w.restoreKey(meant)
		return
	}
	for _, c := range changes()[meant.Type][:1] {
		_ = c.do(w, meant.ID, meant) // it may be gone already
	}
	w.make(meant)
}

func (w *world) restoreKey(meant component.Meant) {
	t, ctx := w.t, w.t.Context()
	t.Helper()
	out := must(w.Keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &meant.Name}))(t)
	if out.KeyMetadata.DeletionDate != nil {
		must(w.Keys.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: &meant.Name}))(t)
	}
	must(w.Keys.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &meant.Name}))(t)
	for alias := range slices.Values(meant.Properties["Aliases"].([]any)) {
		name := alias.(string)
		_, _ = w.Keys.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &name}) // it may be gone already
	}
	w.make(meant)
}
