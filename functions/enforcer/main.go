// Command enforcer is the Lambda function that EventBridge invokes with the
// events of internal/trail's patterns.
package main

import (
	"fmt"
	"os"

	"fipsguard/internal/wiring"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	handler, err := wiring.EnforcerFunction(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fipsguard enforcer:", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}
