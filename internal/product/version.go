package product

import (
	"crypto/fips140"
	"runtime"
)

// release is the version that the sources say they are.
const release = "0.1.0"

// source is the SHA-256 of the sources that the program was built from, in
// hexadecimal. The build sets it: -ldflags "-X fipsguard/internal/product.source=…".
var source string

// Build is the running program.
type Build struct {
	Name    string
	Version string // release+DIGEST, of the sources; release+local when a plain go build made it
	Source  string // SHA-256 of the sources; empty when a plain go build made it
	Go      string
	Module  string // version of its Go Cryptographic Module, "latest" when it is not a frozen one
	FIPS    bool   // whether that runs in FIPS mode
}

// ThisBuild describes the running program.
func ThisBuild() Build {
	return Build{
		Name: Name, Version: version(source), Source: source,
		Go: runtime.Version(), Module: fips140.Version(), FIPS: fips140.Enabled(),
	}
}

// digestShown is how many characters of the sources' digest a version has.
const digestShown = 12

func version(source string) string {
	if len(source) < digestShown {
		return release + "+local"
	}
	return release + "+" + source[:digestShown]
}
