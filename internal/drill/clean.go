package drill

import (
	"context"
	"fmt"
	"slices"

	"fipsguard/internal/grammar"
	"fipsguard/internal/guard"
	"fipsguard/internal/product"
)

// Cleaned is what cleaning up did not remove, and what AWS answered.
type Cleaned struct {
	Did   []string
	Left  []string
	Facts []guard.Fact
}

// cleaning is one under way.
type cleaning struct {
	Drill
	Cleaned
}

// Clean removes what any drill left. It goes by what lies in the account, so that
// it also cleans up after a drill that was killed. Where a drill may have turned
// FIPS mode off, it turns it on.
func (d Drill) Clean(ctx context.Context, setting bool) Cleaned {
	c := &cleaning{Drill: d}
	c.settings(ctx, setting)
	c.tasks(ctx)
	for _, family := range families() {
		c.definitions(ctx, family)
	}
	_, err := d.Account.Alerts(ctx)
	c.failed("empty the drill's queue", err)
	_, err = d.Account.Filtered(ctx)
	c.failed("empty the drill's second queue", err)
	return c.Cleaned
}

func (c *cleaning) failed(doing string, err error) bool {
	if err != nil {
		c.Left = append(c.Left, doing+": "+answerOf("", err))
	}
	return err != nil
}

// did notes what was done.
func (c *cleaning) did(what string) {
	c.Did = append(c.Did, what)
	c.Progress(what)
}

// settings turns FIPS mode on first: nothing else is as urgent.
func (c *cleaning) settings(ctx context.Context, always bool) {
	account, own, err := c.Account.Modes(ctx)
	c.failed("read FIPS mode", err)
	hidden := own != nil // ECS shows the override in the default's place
	if always && account != guard.ModeOn && !hidden {
		c.turnOn(ctx, account)
	}
	if own != nil && !c.failed("remove the override of the drill's role", c.Account.DeleteOwn(ctx)) {
		c.did("removed the override of the drill's role")
	}
	if !always || !hidden {
		return
	}
	account, _, err = c.Account.Modes(ctx)
	if !c.failed("read FIPS mode", err) && account != guard.ModeOn {
		c.turnOn(ctx, account)
	}
}

func (c *cleaning) turnOn(ctx context.Context, from guard.Mode) {
	failing := "turn on FIPS mode, WHICH IS OFF"
	if from == guard.ModeUnknown {
		failing = "turn on FIPS mode, WHICH MAY BE OFF and could not be read"
	}
	if !c.failed(failing, c.Account.PutDefault(ctx, "enabled")) {
		c.did("turned FIPS mode on")
	}
}

func (c *cleaning) tasks(ctx context.Context) {
	clusters, err := c.Account.Clusters(ctx)
	c.failed("list clusters", err)
	for _, cluster := range clusters {
		if nameOf(cluster) == product.Witness {
			continue // a witness ends by itself
		}
		arns, err := c.Account.ListTasks(ctx, cluster, StartedBy)
		c.failed("list the drill's tasks in "+nameOf(cluster), err)
		for _, arn := range arns {
			if _, err := c.Account.Stop(ctx, cluster, arn); !c.failed("stop task "+nameOf(arn), err) {
				c.did("stopped task " + nameOf(arn))
			}
		}
	}
}

// deletions is how many revisions AWS deletes with one call.
const deletions = 10

func (c *cleaning) definitions(ctx context.Context, family string) {
	active, err := c.Account.Revisions(ctx, family, "ACTIVE")
	c.failed("list task definitions of "+family, err)
	for _, arn := range active {
		if _, err := c.Account.Deregister(ctx, arn); !c.failed("deregister "+nameOf(arn), err) {
			c.did("deregistered " + nameOf(arn))
		}
	}
	inactive, err := c.Account.Revisions(ctx, family, "INACTIVE")
	c.failed("list task definitions of "+family, err)
	for some := range slices.Chunk(inactive, deletions) {
		left, err := c.Account.Delete(ctx, some)
		if c.failed("delete task definitions of "+family, err) {
			continue
		}
		for _, why := range left {
			c.Left = append(c.Left, "delete "+why)
		}
		c.did(fmt.Sprintf("deleted %s of %s, which AWS shows as DELETE_IN_PROGRESS for a while", grammar.Count(len(some)-len(left), "task definition"), family))
		c.Facts = append(c.Facts, guard.Fact{Question: askDeletion, Asked: "ecs:DeleteTaskDefinitions", Answer: fmt.Sprintf("%d asked for, %d refused", len(some), len(left)), At: c.Now()})
	}
}
