// Package chaos lets everything go wrong at once in a simulated account, in
// simulated time, with the functions attached as the stack deploys them, and
// holds the guard to what it promises whatever happens. All of it is a test: make chaos.
package chaos
