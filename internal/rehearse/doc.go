// Package rehearse says what the guard would have done if it had been deployed:
// to the events of the past, and to what runs now. It decides nothing. Events are
// given to the guard's own enforcer, and what runs now to its own scanner, each on
// an account that answers reads and only notes what it is asked to change.
//
// What was changed counts for what follows: a revision that the guard would have
// deregistered starts nothing later. What neither records nor AWS show is counted
// as unknown, and nothing is done about it, as the guard would not.
package rehearse
