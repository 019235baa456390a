// Package logfile reads CloudTrail's log files: {"Records":[…]}, gzip or plain,
// of any size, as a stream. It returns the few records that an audit of the
// account setting needs, says what is wrong with a damaged file, and hashes
// the text as CloudTrail's digests do.
//
// The scanner reads every byte as JSON. Where that costs too much, the search
// looks for the bytes that such a record must have and gives the scanner only
// the records that have them; a file in which it is not sure of a record's
// bounds goes to the scanner as a whole. So both return the same records.
package logfile
