package chaos

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"
)

var (
	seeds     = flag.Uint64("seeds", 50, "how many stories are played")
	first     = flag.Uint64("first", 1, "the seed of the first")
	only      = flag.String("steps", "", "plays only these steps of the first story, as 0,3,4, and prints what happened")
	most      = flag.Int("failures", 3, "after so many failures no further story begins")
	unshrunk  = flag.Bool("unshrunk", false, "do not look for the shortest story of a failure")
	chronicle = flag.Bool("chronicle", false, "print what happened in a story that fails")
)

// once are stories that found a fault in the guard which no smaller test had.
var once = [...]uint64{2684, 8880}

// TestChaos plays the story of each seed. One that breaks a promise is printed
// as short as it can be, with the command that plays it again.
func TestChaos(t *testing.T) {
	// One thing after the other, so that a story goes on in the same way again.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(1600))
	if *only != "" {
		replay(t)
		return
	}
	for _, seed := range once {
		holds(t, tell(seed))
	}
	failed := 0
	for n := uint64(0); n < *seeds && failed < *most; n++ {
		if !holds(t, tell(*first+n)) {
			failed++
		}
	}
}

// holds plays a story and reports whether all promises were kept.
func holds(t *testing.T, s story) bool {
	broken, err := run(t, s)
	if err != nil {
		t.Errorf("seed %d: %v", s.seed, err)
		return false
	}
	if len(broken) == 0 {
		return true
	}
	if !*unshrunk {
		s = shrink(t, s, broken[0].promise)
		broken, _ = run(t, s)
	}
	t.Errorf("%s%s\nplay it again: go test ./internal/simulation/chaos -first %d -steps %s", s, lines(broken), s.seed, numbers(s))
	return false
}

// replay plays some steps of a story and prints what happened.
func replay(t *testing.T) {
	s, all := tell(*first), tell(*first).steps
	s.steps = nil
	for text := range strings.SplitSeq(*only, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= len(all) {
			t.Fatalf("story %d has the steps 0 to %d; -steps has %q", s.seed, len(all)-1, text)
		}
		s.steps = append(s.steps, all[n])
	}
	*chronicle = true
	broken, err := run(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if t.Log(s); len(broken) > 0 {
		t.Errorf("%s", lines(broken))
	}
}

// numbers are a story's steps by their places in that of its seed.
func numbers(s story) string {
	var all []string
	for _, step := range s.steps {
		all = append(all, strconv.Itoa(step.number))
	}
	return strings.Join(all, ",")
}

func lines(broken []verdict) string {
	var b strings.Builder
	for _, v := range broken {
		fmt.Fprintf(&b, "\n  BROKEN %s", v)
	}
	return b.String()
}

// run plays a story in a world of its own.
func run(t *testing.T, s story) (broken []verdict, err error) {
	var happened string
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, s.seed) // the SDK draws the pauses between its attempts
		time.Sleep(12*time.Hour + 30*time.Minute + 10*time.Second)
		var w *world
		if w, err = newWorld(s.seed, s.policy); err != nil {
			return
		}
		w.play(context.Background(), s)
		if broken = w.judge(s); *chronicle && (len(broken) > 0 || *only != "") {
			happened = w.chronicle()
		}
		err = w.close()
	})
	if happened != "" {
		t.Log("\n" + happened)
	}
	return broken, err
}
