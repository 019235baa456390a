package main

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/rehearse"
)

// rehearsalSchema names the version of the JSON, which docs/rehearse.md describes.
const rehearsalSchema = "fipsguard.rehearsal/v1"

type rehearsalJSON struct {
	Account    string               `json:"account"`
	Region     string               `json:"region"`
	From       time.Time            `json:"from"`
	Until      time.Time            `json:"until"`
	Events     int                  `json:"events"`
	Workloads  bool                 `json:"workloads"` // what runs now was read
	Actions    []actionJSON         `json:"actions"`
	Blocked    []blockedJSON        `json:"blocked"`
	Alerts     []alertJSON          `json:"alerts"`
	Reported   []reportedJSON       `json:"reported"` // violations that run now, and that it would only have reported
	Teams      []teamJSON           `json:"teams"`
	Unknown    []unknownJSON        `json:"unknown"`
	Exemptions []rehearse.Exemption `json:"exemptions"`
}

type causeJSON struct {
	EventID string `json:"eventID"`
	API     string `json:"api"`
	Actor   string `json:"actor"`
}

type actionJSON struct {
	At         time.Time     `json:"at"`
	When       string        `json:"when"` // past: an event; now: what runs
	Kind       rehearse.Kind `json:"kind"`
	Rule       guard.RuleID  `json:"rule"`
	Subject    string        `json:"subject"`
	Definition string        `json:"definition"`
	API        string        `json:"api"`
	Parameters guard.Call    `json:"parameters"`
	Cause      causeJSON     `json:"cause"`
}

type blockedJSON struct {
	At         time.Time `json:"at"`
	Subject    string    `json:"subject"`
	Definition string    `json:"definition"`
	Cause      causeJSON `json:"cause"`
}

type alertJSON struct {
	At       time.Time       `json:"at"`
	Subject  string          `json:"subject"`
	Findings []rehearse.Said `json:"findings"`
}

type reportedJSON struct {
	Rule     guard.RuleID   `json:"rule"`
	Subject  string         `json:"subject"`
	Severity guard.Severity `json:"severity"`
	Reason   string         `json:"reason"`
}

type teamJSON struct {
	Name     string                `json:"name"`
	Done     map[rehearse.Kind]int `json:"done"`
	Blocked  int                   `json:"blocked"`
	Reported int                   `json:"reported"`
}

type unknownJSON struct {
	What     string   `json:"what"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"`
}

// writeRehearsals writes all as one JSON object.
func writeRehearsals(out io.Writer, all []rehearsal) error {
	document := struct {
		Schema     string          `json:"schema"`
		Rehearsals []rehearsalJSON `json:"rehearsals"`
	}{rehearsalSchema, []rehearsalJSON{}}
	for _, one := range all {
		document.Rehearsals = append(document.Rehearsals, jsonOf(one))
	}
	text := json.NewEncoder(out)
	text.SetEscapeHTML(false)
	return text.Encode(document)
}

func jsonOf(r rehearsal) rehearsalJSON {
	j := rehearsalJSON{
		Account: r.at.Account, Region: r.at.Region, From: r.since, Until: r.now, Events: r.past.Events, Workloads: r.workloads,
		Actions: []actionJSON{}, Blocked: []blockedJSON{}, Alerts: []alertJSON{}, Reported: []reportedJSON{}, Teams: []teamJSON{},
		Unknown: []unknownJSON{}, Exemptions: slices.Concat([]rehearse.Exemption{}, rehearse.Exemptions(r.past, r.present, r.now)),
	}
	for _, a := range r.past.Actions {
		j.Actions = append(j.Actions, actionOf(a, "past"))
	}
	for _, a := range r.present.Actions {
		j.Actions = append(j.Actions, actionOf(a, "now"))
	}
	for _, b := range r.past.Blocked {
		j.Blocked = append(j.Blocked, blockedJSON{b.Cause.Time, b.Subject, b.Definition, causeOf(b.Cause)})
	}
	for _, a := range r.past.Alerts {
		j.Alerts = append(j.Alerts, alertJSON{a.At, a.Subject, slices.Concat([]rehearse.Said{}, a.Findings)})
	}
	for _, f := range r.present.Reported {
		j.Reported = append(j.Reported, reportedJSON{f.Rule, f.Subject, f.Severity, f.Reason})
	}
	for _, t := range rehearse.Teams(r.past, r.present) {
		j.Teams = append(j.Teams, teamJSON{t.Name, t.Done, t.Blocked, t.Heard})
	}
	for _, u := range unknownOf(r) {
		j.Unknown = append(j.Unknown, unknownJSON{u.What, u.Count, u.Examples})
	}
	return j
}

func actionOf(a rehearse.Action, when string) actionJSON {
	return actionJSON{a.At, when, rehearse.KindOf(a.Call), a.Rule, a.Subject, a.Definition, a.Call.API(), a.Call, causeOf(a.Cause)}
}

func causeOf(c guard.Cause) causeJSON { return causeJSON{c.EventID, c.EventName, c.Actor.Name} }

// unknownOf is what neither records nor AWS show.
func unknownOf(r rehearsal) []rehearse.Unknown {
	all := slices.Clone(r.past.Unknown)
	if n := len(r.present.Unknown); n > 0 {
		u := rehearse.Unknown{What: "What runs now and could not be established.", Count: n}
		for _, f := range r.present.Unknown[:min(n, 3)] {
			u.Examples = append(u.Examples, f.Subject+": "+f.Reason)
		}
		all = append(all, u)
	}
	if n := len(r.unread); n > 0 {
		all = append(all, rehearse.Unknown{What: "What could not be read. The rehearsal is without it.", Count: n, Examples: r.unread[:min(n, 3)]})
	}
	return all
}
