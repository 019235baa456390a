package localaws

import (
	"context"
	"time"
)

// Sleep lets the account's time pass as a function sees it that waits: at
// once, without doing what falls due meanwhile, which the next Advance or Run
// does. It has the shape of a sleep, and returns the context's error.
func (a *Account) Sleep(ctx context.Context, d time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock.ahead += d
	return ctx.Err()
}
