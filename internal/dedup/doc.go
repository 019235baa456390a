// Package dedup decides what is new to people, so that nothing is reported twice.
//
// A finding is the same one by its guard.Identity. Three questions are asked:
// Compare asks what changed since the last scan; Memory asks what one process
// has reported already of an event's workloads; Joiner asks which alerts would
// read the same and are only counted. Nothing counts as reported before it was
// sent: the caller says so afterwards.
package dedup
