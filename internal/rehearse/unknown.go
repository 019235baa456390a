package rehearse

import (
	"maps"
	"slices"
)

// Unknown is something that records do not show, and how often that mattered.
type Unknown struct {
	What     string // a sentence
	Count    int
	Examples []string
}

// What records leave unknown.
const (
	noDefinition = "The task definition was registered before the time that was read, and AWS does not know it any more."
	noRevision   = "The record leaves out which revision was registered."
	noProvider   = "The capacity provider was created before the time that was read, and AWS does not know it any more."
	noService    = "The record leaves out which service it is."
	noMinimum    = "Application Auto Scaling's minimum of a service is not recorded: a desired count of 0 may be undone."
	noOlder      = "Whether an older revision could be rolled back to: the family's earlier revisions are not in what was read."
	noStarts     = "Services on a platform that FIPS mode does not cover: CloudTrail does not record the tasks that they start. The guard would stop each before it runs if task-launch-platform is enforced."
	noOverride   = "Whether AWS lets the guard change the override of a user or role. The rehearsal takes it that AWS does not, and that a person has to."
	noAsked      = "Updates of a service whose revision the guard would have deregistered, without a new one: ECS refuses those that name the revision."
	noTime       = "The record has no time."
)

// maxExamples bounds the examples of one kind.
const maxExamples = 3

// counts counts what is unknown, each subject once.
type counts struct {
	seen map[string]map[string]bool
	all  map[string]*Unknown
}

func (c *counts) add(what, subject string) {
	if c.all == nil {
		c.all, c.seen = map[string]*Unknown{}, map[string]map[string]bool{}
	}
	u := c.all[what]
	if u == nil {
		u = &Unknown{What: what}
		c.all[what], c.seen[what] = u, map[string]bool{}
	}
	if c.seen[what][subject] {
		return
	}
	c.seen[what][subject] = true
	u.Count++
	if len(u.Examples) < maxExamples {
		u.Examples = append(u.Examples, subject)
	}
}

func (c *counts) list() []Unknown {
	var all []Unknown
	for _, what := range slices.Sorted(maps.Keys(c.all)) {
		all = append(all, *c.all[what])
	}
	return all
}
