// Package localaws is an AWS GovCloud account embedded in a program: the calls
// that the guard makes and those that it answers to, over real HTTP and AWS's
// wire protocols, so that SDK clients, the AWS CLI and Lambda handlers talk to
// it without knowing. It keeps account settings, task definitions, tasks and
// services, records every write call as CloudTrail does, and delivers events
// as EventBridge and Lambda do. Around that it has what the guard reads and
// leaves behind: the event history, trails and their log files, rules, queues,
// topics with their subscribers, objects in S3 and findings in Security Hub.
//
// The kernel has what all services share; each service is a package with its own
// state, and none knows another: what one causes in another goes through a
// function that New hands over.
//
// What it does follows docs/facts.md. Signatures are not checked: whoever can
// reach its port is whoever they say, which is why it belongs on loopback.
package localaws
