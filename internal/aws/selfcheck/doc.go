// Package selfcheck looks at the guard itself and at what it hears through: a
// trail that logs, rules that are enabled and invoke its function, somebody who
// gets the alerts, empty failure queues, and the module that its own
// cryptography comes from. It reports what it sees as guard.Component and decides
// nothing more.
package selfcheck
