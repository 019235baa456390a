package wiring

import (
	"io"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Process is what a function has of the process that it runs in.
type Process struct {
	Getenv func(string) string
	Out    io.Writer // log and metrics
	// Client carries the calls to AWS, and Sessions those to containers; nil is
	// the network.
	Client   aws.HTTPClient
	Sessions *http.Transport
}

// ThisProcess is the one that Lambda started.
func ThisProcess() Process { return Process{Getenv: os.Getenv, Out: os.Stdout} }
