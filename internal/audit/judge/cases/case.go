// Package cases makes small hostile folders of CloudTrail log files, the same
// one for the same seed, for tests that hold audit against its judge.
//
// What the contract leaves open is not planted: two answers to it could both
// be right.
package cases

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/audit/judge/chain"
)

// Case is a folder of log files with what to ask about it.
type Case struct {
	Paths                  []string
	PublicKeys, Signatures string // files, or empty
	Since, Until           string // or empty
	Notes                  []string
}

// Args are the case as arguments of the command.
func (c *Case) Args() []string {
	var args []string
	for _, option := range [][2]string{{"--public-keys", c.PublicKeys}, {"--signatures", c.Signatures}, {"--since", c.Since}, {"--until", c.Until}} {
		if option[1] != "" {
			args = append(args, option[0], option[1])
		}
	}
	return append(args, c.Paths...)
}

// Keys sign the digests. They are slow to make.
type Keys [2]*chain.Key

// NewKeys makes keys.
func NewKeys() (Keys, error) {
	var keys Keys
	for i := range keys {
		key, err := chain.NewKey()
		if err != nil {
			return keys, err
		}
		keys[i] = key
	}
	return keys, nil
}

// maker is a case in the making.
type maker struct {
	*rand.Rand
	keys Keys

	begin, end time.Time // of the deliveries
	places     []place
	moments    []time.Time             // what happened once may happen again, or one second later
	switched   map[string]bool         // trail, account and second of StopLogging and the like
	logs       []*logFile              // in the order of their making
	digests    map[string]chain.Digest // by key
	checked    bool                    // the command gets the public keys
	flat       bool                    // all files in one folder
	calm       bool                    // nothing bad happens
	files      map[string][]byte       // by the path in the folder
	signatures map[string]string       // by digest key
	notes      []string
}

// Make writes a case into a folder, which has to be empty.
func Make(dir string, seed uint64, keys Keys) (*Case, error) {
	m := &maker{
		Rand: rand.New(rand.NewPCG(seed, 17)), keys: keys,
		switched: map[string]bool{}, digests: map[string]chain.Digest{}, files: map[string][]byte{}, signatures: map[string]string{},
	}
	m.world()
	m.events()
	m.deliver()
	if err := m.sign(); err != nil {
		return nil, err
	}
	if !m.calm {
		m.spoilLogs()
		m.spoilDigests()
		m.strangers()
	}
	return m.write(dir)
}

func (m *maker) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

// chance is true n times in a hundred.
func (m *maker) chance(n int) bool { return m.IntN(100) < n }

func pick[T any](m *maker, from ...T) T { return from[m.IntN(len(from))] }

// place is an account and a Region, with the trails that deliver there.
type place struct {
	account, region string
	trails          []string // that write digests
}

const (
	west      = "us-gov-west-1"
	east      = "us-gov-east-1"
	elsewhere = "us-east-1"
)

// world decides about places and times.
func (m *maker) world() {
	m.begin = time.Date(2026, 3, 1, m.IntN(48), m.IntN(60), 0, 0, time.UTC)
	m.end = m.begin.Add(time.Duration(120+m.IntN(400)) * time.Minute)
	m.flat, m.calm = m.chance(5), m.chance(12)
	accounts := []string{"111122223333", "444455556666"}
	if m.chance(70) {
		accounts = accounts[:1]
	}
	for _, account := range accounts {
		var trails []string
		if m.chance(70) {
			trails = []string{"main"}
			if m.chance(15) {
				trails = append(trails, "org_trail-1")
			}
		}
		m.places = append(m.places, place{account, west, trails})
		if m.chance(50) {
			m.places = append(m.places, place{account, east, trails})
		}
		if m.chance(10) {
			m.places = append(m.places, place{account, elsewhere, nil})
		}
	}
}

// moment returns a second, often one that matters, or beside one.
func (m *maker) moment() time.Time {
	at := m.begin.Add(time.Duration(m.IntN(int(m.end.Sub(m.begin)/time.Second))) * time.Second)
	beside := pick[time.Duration](m, -1, 0, 0, 0, 1) * time.Second
	switch n := m.IntN(100); {
	case n < 35 && len(m.moments) > 0:
		at = pick(m, m.moments...).Add(beside)
	case n < 43:
		at = at.Truncate(pick(m, time.Hour, time.Minute)).Add(beside)
	case n < 56 && len(m.logs) > 0: // where holes and ranges begin and end
		l := pick(m, m.logs...)
		if m.chance(50) {
			l = slices.MaxFunc(m.logs, func(a, b *logFile) int { return a.t.Compare(b.t) })
		}
		if !l.nameless {
			at = l.t.Add(pick(m, -time.Hour, 0, time.Minute) + beside)
		}
	case n < 60:
		at = at.Add(-2 * time.Hour)
	}
	m.moments = append(m.moments, at)
	return at
}

// write writes the files, and the options beside the folder of the logs.
func (m *maker) write(dir string) (*Case, error) {
	c := &Case{Notes: m.notes}
	logs := filepath.Join(dir, "logs")
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return nil, err
	}
	tops := map[string]bool{}
	for name, content := range m.files {
		path := filepath.Join(logs, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return nil, err
		}
		top, _, _ := strings.Cut(name, "/")
		tops[filepath.Join(logs, top)] = true
	}
	c.Paths = []string{logs}
	if m.chance(15) && len(tops) > 0 {
		c.Paths = slices.Sorted(maps.Keys(tops))
	}
	if err := m.writeTrust(dir, c); err != nil {
		return nil, err
	}
	from, until := m.moment(), m.moment()
	if until.Before(from) {
		from, until = until, from
	}
	if m.chance(20) || m.calm {
		c.Since = stamp(from)
	}
	if m.chance(15) {
		c.Until = stamp(until)
	}
	return c, nil
}

// writeTrust writes the public keys and the signatures.
func (m *maker) writeTrust(dir string, c *Case) error {
	if m.checked {
		keys := m.keys[:]
		if m.chance(5) {
			keys = keys[:1]
			m.note("a key is not in the list")
		}
		text, err := chain.PublicKeys(keys...)
		if err != nil {
			return err
		}
		c.PublicKeys = filepath.Join(dir, "keys.json")
		if err := os.WriteFile(c.PublicKeys, text, 0o644); err != nil {
			return err
		}
	}
	if len(m.signatures) == 0 {
		return nil
	}
	text, err := json.Marshal(m.signatures)
	if err != nil {
		return err
	}
	c.Signatures = filepath.Join(dir, "signatures.json")
	return os.WriteFile(c.Signatures, text, 0o644)
}

func stamp(at time.Time) string { return at.Format("2006-01-02T15:04:05Z") }
