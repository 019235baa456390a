package launch

import (
	"fmt"
	"slices"
	"strings"

	"fipsguard/internal/guard"
	"fipsguard/internal/syntax"
)

// Item is what a file says about Fargate in one place, and what the rules say of
// it.
type Item struct {
	syntax.Position        // of what has to be changed, else of the resource
	Name            string // logical ID, family or address, and the part of it
	Finding         guard.Finding
	Remedy          string   // what to change in the file; empty where nothing has to be
	Subjects        []string // ARNs, with ? for what is not known, by which a policy can exempt it
}

// Items reads what a resource says in every world, and makes an item of each part
// of it. nested are the files that have more of its template.
func Items(of string, w *World, read func() []Statement, o Options) (all []Item, nested []string) {
	var order []string
	parts := map[string]gathered{}
	add := func(s Statement) {
		if _, ok := parts[s.part]; !ok {
			order = append(order, s.part)
		}
		parts[s.part] = append(parts[s.part], s)
	}
	complete := w.each(func() {
		for _, s := range read() {
			add(s)
			if s.nested != "" && !slices.Contains(nested, s.nested) {
				nested = append(nested, s.nested)
			}
		}
	})
	for _, part := range order {
		if s := parts[part][0]; !complete {
			add(unknown(s.about, part, s.at, Value{Unknown: TooMany, At: s.at, Cause: Cause{Kind: code, Name: of}}))
		}
		all = append(all, parts[part].item(of, o))
	}
	return all, nested
}

// gathered are the statements of one part of a resource, each of another world.
type gathered []Statement

// item evaluates what a part of a resource can be: if all is of one verdict,
// that. If all passes, some of it because no rule applies, it is compliant. Else
// it is not known.
func (all gathered) item(of string, o Options) Item {
	s := all[0]
	first := s.check()
	mixed, open := false, first.Severity > guard.Info
	sameSubjects := true
	var reasons []string
	for _, other := range all {
		f := other.check()
		mixed = mixed || f.Verdict != first.Verdict
		sameSubjects = sameSubjects && slices.Equal(other.subjects, all[0].subjects)
		if f.Severity > guard.Info && !open || !open && f.Verdict == guard.Compliant && s.check().Verdict != guard.Compliant {
			s, open = other, f.Severity > guard.Info
		}
		if reason := f.Verdict.String() + ": " + f.Reason; len(reasons) < maxReasons && !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	f := s.check()
	i := Item{Position: s.at, Name: of}
	if sameSubjects {
		i.Subjects = s.subjects
	}
	if s.part != "" {
		i.Name += " " + s.part
	}
	if open {
		i.Remedy, i.Position = s.remedy(f, of, o.File)
	}
	if mixed && open {
		f.Verdict, f.Severity = guard.InsufficientData, guard.Warning
		f.Reason = fmt.Sprintf("It depends on the deployment. %s", strings.Join(reasons, " "))
	}
	f.Subject = i.Name
	i.Finding = f
	return i
}

const maxReasons = 4
