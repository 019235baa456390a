// Package launch is the launch model: what each type of resource can make run on
// Fargate, and where in it the platform stands (types.go). It reads resources
// through a Source, which knows how one kind of file writes them, and makes items
// of what they say: a finding, its place, and what to change in the file.
package launch
