// Command verifier is the Lambda function that scans when its queue asks for it:
// on a schedule, and after the enforcer turned FIPS mode back on.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"fipsguard/internal/aws/hub"
	"fipsguard/internal/aws/readback"
	"fipsguard/internal/wiring"
	"fipsguard/internal/wiring/scans"

	"github.com/aws/aws-lambda-go/lambda"
)

// memoryLimit makes the garbage collector work harder where the heap grows
// beyond it. Of 10,000 tasks about half of it is in use.
const memoryLimit = 80 << 20

func main() {
	debug.SetMemoryLimit(memoryLimit)
	handler, err := scans.Function(wiring.ThisProcess(), hub.New, readback.New)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fipsguard verifier:", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}
