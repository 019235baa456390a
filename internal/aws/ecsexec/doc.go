// Package ecsexec runs one command in one container through ECS Exec and
// answers its output. It speaks Systems Manager's message channel itself, so
// no plugin has to be installed, and it knows nothing about FIPS mode.
//
// AWS documents ECS Exec (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html)
// but not the message channel behind it. What this package relies on was
// measured against AWS's published agent and plugin: docs/facts.md, section 7.
// The recordings of that agent in testdata are replayed in the tests.
package ecsexec
