package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"
	"fipsguard/internal/manifest/launch"
	"fipsguard/internal/syntax"
)

// wish is a finding that a file wants to be ignored, where that is written:
//
//	# fipsguard:ignore RULE until=DATE reason=TEXT
//
// as a comment in YAML, in a resource or on the lines above it, or as "ignore
// RULE …" in a template's Metadata, in a member fipsguard of a resource.
type wish struct {
	syntax.Position
	text string
}

const wishMark = "fipsguard:ignore"

// span is the lines of a resource in YAML.
type span struct{ first, last int }

// ignore marks the items whose findings the file wants to be ignored. What is
// wrong with a wish is a fault; the finding stands then.
func (f *file) ignore(text []byte) []error {
	var faults []error
	for i := range f.contents.Items {
		item := &f.contents.Items[i]
		for _, w := range wishesIn(item.metadata) {
			faults = append(faults, f.grant(w, item)...)
		}
	}
	for _, w := range f.comments(text) {
		in := f.itemsAt(w.Line, text)
		if len(in) == 0 {
			faults = append(faults, syntax.Fault{Position: w.Position, Reason: "fipsguard:ignore stands in no resource that is checked; write it in one, or on the line above"})
		}
		faults = append(faults, f.grant(w, in...)...)
	}
	return faults
}

// grant marks those of some items that a wish is about. A wish with a fault is
// one fault, however many items it is about.
func (f *file) grant(w wish, items ...*Item) []error {
	rule, e, err := f.parse(w.text)
	if err != nil {
		if len(items) == 0 {
			return nil
		}
		return []error{syntax.Fault{Position: w.Position, Reason: err.Error()}}
	}
	for _, item := range items {
		if item.Finding.Rule == rule && item.Finding.Severity > guard.Info {
			item.Ignored = &e
		}
	}
	return nil
}

// parse reads RULE until=DATE reason=TEXT. What a date and a reason may be is as
// in the policy's exemptions.
func (f *file) parse(text string) (guard.RuleID, guard.Exemption, error) {
	called, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	rule, ok := guard.RuleOf(guard.RuleID(called))
	if !ok || rule.Group != guard.GroupPlatform && rule.Group != guard.GroupManaged {
		return "", guard.Exemption{}, fmt.Errorf("fipsguard:ignore names no rule that can be ignored: %s", syntax.Quoted(called))
	}
	before, reason, hasReason := strings.Cut(rest, "reason=")
	until, hasUntil := strings.CutPrefix(strings.TrimSpace(before), "until=")
	if !hasReason || !hasUntil || strings.ContainsAny(until, " \t") {
		return "", guard.Exemption{}, errors.New("fipsguard:ignore is not written as RULE until=DATE reason=TEXT")
	}
	document, err := json.Marshal(map[string]any{"version": 1, "exemptions": []map[string]string{{
		"resource": "arn:aws-us-gov:ecs:*:*:task-definition/file:*", "approver": "the file", "reason": strings.TrimSpace(reason), "expires": until,
	}}})
	if err != nil {
		return "", guard.Exemption{}, err
	}
	policy, err := config.ParsePolicy(document, f.options.Now)
	if err != nil {
		var wrong syntax.Faults
		if errors.As(err, &wrong) {
			return "", guard.Exemption{}, errors.New("fipsguard:ignore: " + wrong[0].Reason)
		}
		return "", guard.Exemption{}, err
	}
	return rule.ID, policy.Exemptions[0], nil
}

// wishesIn lists those of a resource's metadata.
func wishesIn(metadata *syntax.Value) []wish {
	said := metadata.Get("fipsguard")
	if said == nil {
		return nil
	}
	all := []*syntax.Value{said}
	if said.Kind == syntax.List {
		all = said.Elements
	}
	var wishes []wish
	for _, one := range all {
		text, ok := strings.CutPrefix(one.PlainText(), "ignore ")
		if !ok {
			text = one.PlainText() + "?" // no rule has such a name
		}
		wishes = append(wishes, wish{one.Position, text})
	}
	return wishes
}

// comments lists the wishes in a YAML file's comments.
func (f *file) comments(text []byte) []wish {
	if !f.wishes {
		return nil
	}
	var all []wish
	number := 0
	for line := range bytes.Lines(text) {
		number++
		at := bytes.Index(line, []byte("# "+wishMark))
		if at < 0 || at > 0 && line[at-1] != ' ' && line[at-1] != '\t' {
			continue
		}
		said := strings.TrimSpace(string(line[at+len("# "+wishMark):]))
		if !f.isText(said) {
			all = append(all, wish{syntax.Position{Line: number, Column: at + 1}, said})
		}
	}
	return all
}

// isText reports whether what looks like a comment is in a text of the file.
func (f *file) isText(said string) bool {
	for _, root := range f.roots {
		if launch.Mentions(root, wishMark+" "+said, 0) {
			return true
		}
	}
	return false
}

// itemsAt lists the items of the resources that have a line, or whose first line
// follows it with nothing but comments between.
func (f *file) itemsAt(line int, text []byte) []*Item {
	var in []*Item
	for i := range f.contents.Items {
		if item := &f.contents.Items[i]; item.lines.first <= line && line <= item.lines.last {
			in = append(in, item)
		}
	}
	if len(in) > 0 {
		return in
	}
	next := line
	for number, l := range strings.Split(string(text), "\n") {
		if number+1 < line {
			continue
		}
		if !strings.HasPrefix(strings.TrimSpace(l), "#") {
			next = number + 1
			break
		}
	}
	for i := range f.contents.Items {
		if item := &f.contents.Items[i]; item.lines.first == next {
			in = append(in, item)
		}
	}
	return in
}

// lastLine is the last line on which a value of the file stands.
func lastLine(v *syntax.Value) int {
	last := v.Line
	for _, m := range v.Members {
		last = max(last, m.Line, lastLine(m.Value))
	}
	for _, e := range v.Elements {
		last = max(last, lastLine(e))
	}
	return last
}
