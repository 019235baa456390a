// Command gate is the Lambda function that rejects workloads: a queue invokes it
// with their events.
package main

import (
	"fmt"
	"os"

	"fipsguard/internal/aws/scaling"
	"fipsguard/internal/wiring"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	handler, err := wiring.GateFunction(wiring.ThisProcess(), scaling.New)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fipsguard gate:", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}
