// Package drills gives a drill the account, in the hands of the drill's role. It
// makes no call that the drill's plan does not have.
package drills
