package witness

import (
	"fmt"

	"fipsguard/internal/guard"
)

// Exit codes of the program, beside 11 for an answer that is neither.
const (
	ExitOn     = 0  // fips_enabled is 1
	ExitOff    = 10 // it is 0
	ExitAbsent = 12 // there is no such file: the kernel has no FIPS mode
)

// Read is what an exit code says of the kernel: whether it runs in FIPS mode,
// and what the program read or, where that is unknown, why.
func Read(exit int32) (fips guard.Answer, read string) {
	switch exit {
	case ExitOn:
		return guard.Yes, "fips_enabled 1"
	case ExitOff:
		return guard.No, "fips_enabled 0"
	case ExitAbsent:
		return guard.No, "no fips_enabled: the kernel has no FIPS mode"
	}
	return guard.Unknown, fmt.Sprintf("the witness exited with code %d", exit)
}
