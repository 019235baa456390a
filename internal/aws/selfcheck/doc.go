// Package selfcheck checks the guard itself and how it receives events: a
// trail that logs, rules that are enabled and invoke its function, someone who
// gets the alerts, empty failure queues, and the module that its own
// cryptography comes from. It reports what it sees as guard.Component and decides
// nothing more.
package selfcheck
