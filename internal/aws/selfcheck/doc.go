// Package selfcheck checks whether the deployed guard works: a trail that logs,
// someone who gets the alerts, empty failure queues, and the module that its own
// cryptography comes from. Whether it is as it was deployed is aws/readback's. It
// reports what it sees as guard.Component and decides nothing more.
package selfcheck
