package evidence

import (
	"crypto/fips140"
	"runtime"
	"runtime/debug"
)

// ThisProgram describes the running program, as far as its build says.
func ThisProgram() Tool {
	tool := Tool{Name: "fipsguard", Version: "devel", Go: runtime.Version(), Module: fips140.Version(), FIPS: fips140.Enabled()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return tool
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		tool.Version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			tool.Commit = s.Value
		}
	}
	return tool
}
