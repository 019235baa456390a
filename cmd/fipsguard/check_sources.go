package main

import (
	"errors"
	"fmt"

	"fipsguard/internal/grammar"
	"fipsguard/internal/manifest"
	"fipsguard/internal/sanitize"
)

// settleSources decides what becomes of sources, which are not read. What a plan
// shows is not missing. One that was named, or beside which there was nothing to
// read, is a file that could not be read: a folder of sources must not pass.
func (r *checkReport) settleSources() {
	read, plan := false, false
	for _, f := range r.files {
		read = read || f.source == manifest.NoSource && !f.foreign && f.err == nil
		plan = plan || f.contents.Plan
	}
	for i := range r.files {
		f := &r.files[i]
		switch {
		case f.source == manifest.NoSource:
		case f.named || !read:
			f.err = errors.New(f.source.Reason())
		case plan && f.source == manifest.Terraform:
			f.source, f.foreign = manifest.NoSource, true
		}
	}
}

// tellSources says which sources were left out, of each language in one line.
func (r checkReport) tellSources(t *terminal) {
	for _, source := range []manifest.Source{manifest.Terraform, manifest.Jsonnet} {
		first, others := "", 0
		for _, f := range r.files {
			switch {
			case f.source != source || f.err != nil:
			case first == "":
				first = sanitize.Terminal(f.name)
			default:
				others++
			}
		}
		if others > 0 {
			first += " and " + grammar.Count(others, "other file")
		}
		if first != "" {
			fmt.Fprintf(t.err, "fipsguard: %s: not checked: %s\n", first, source.Reason())
		}
	}
}
