// Command enforcer is the program of two Lambda functions: EventBridge invokes
// the enforcer with the events of settings and every minute, and a queue the
// gate with the events of workloads.
package main

import (
	"fmt"
	"os"

	"fipsguard/internal/wiring"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	handler, err := wiring.EnforcerFunction(wiring.ThisProcess())
	if err != nil {
		fmt.Fprintln(os.Stderr, "fipsguard enforcer:", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}
