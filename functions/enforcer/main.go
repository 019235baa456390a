// Command enforcer is the Lambda function that keeps the setting on: EventBridge
// invokes it with the events of settings, and every minute.
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
