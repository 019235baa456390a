package functiontest

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// atOnce is how many cells of the matrix are played side by side: they mostly
// wait.
const atOnce = "64"

var full = flag.Bool("full", false, "play every cell of the matrix; without it, a selection with each pair of its columns")

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
