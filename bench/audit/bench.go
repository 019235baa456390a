package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The programs.
const (
	bare      = "(a)  decompress"
	hashed    = "(b)  decompress, SHA-256, signatures"
	alone     = "(c)  audit of the log files alone"
	unchecked = "(c') audit, digests but no keys"
	verified  = "(d)  audit, digests verified"
	withJQ    = "(e)  zcat | jq"
	withDuck  = "(f)  DuckDB"
)

// usage is what a program used.
type usage struct {
	cpu, wall time.Duration
	memory    int64 // bytes, the most at a time
	out       []byte
}

// bench measures programs.
type bench struct {
	*options
	summary
	used map[string]usage
}

func (o *options) bench(s summary) error {
	b := bench{o, s, map[string]usage{}}
	fipsguard, err := o.build()
	if err != nil {
		return err
	}
	if err := b.alternate(fipsguard); err != nil {
		return err
	}
	if o.others {
		if err := b.jq(); err != nil {
			return err
		}
		if err := b.duck(); err != nil {
			return err
		}
	}
	b.print()
	err = b.limits()
	if fipsguard == "" || o.record == 0 {
		return err
	}
	return errors.Join(err, b.oneRecord(fipsguard))
}

// alternate runs floor and audit by turns and keeps each one's median.
func (b *bench) alternate(fipsguard string) error {
	archive, keys, signatures := b.files()
	logs, err := filepath.Glob(filepath.Join(archive, "AWSLogs", "*", "CloudTrail"))
	if err != nil {
		return err
	}
	all := map[string][]usage{}
	turn := func(name string, used usage, err error) error {
		all[name] = append(all[name], used)
		return err
	}
	audit := func(name string, args ...string) error {
		if fipsguard == "" {
			return nil
		}
		used, err := start(fipsguard, append([]string{"audit", "--format", "json"}, args...)...)
		return errors.Join(turn(name, used, nil), err, b.right(used.out))
	}
	for range b.runs {
		used, err := b.self("decompress")
		if err := turn(bare, used, err); err != nil {
			return err
		}
		used, err = b.self("hash")
		if err := turn(hashed, used, err); err != nil {
			return err
		}
		if err := errors.Join(audit(alone, logs...), audit(unchecked, archive),
			audit(verified, "--public-keys", keys, "--signatures", signatures, archive)); err != nil {
			return err
		}
	}
	for name, runs := range all {
		b.used[name] = median(runs)
	}
	return nil
}

// median takes that of CPU time and of wall time, and the most memory.
func median(runs []usage) usage {
	var cpu, wall []time.Duration
	var m usage
	for _, u := range runs {
		cpu, wall, m.memory = append(cpu, u.cpu), append(wall, u.wall), max(m.memory, u.memory)
	}
	slices.Sort(cpu)
	slices.Sort(wall)
	m.cpu, m.wall = cpu[len(cpu)/2], wall[len(wall)/2]
	return m
}

// right holds audit's answer against what was generated: a fast wrong answer
// is worth nothing.
func (b *bench) right(out []byte) error {
	var answer struct {
		Places []struct {
			Off struct{ Windows int }
		}
		Files struct {
			Read   int
			Faulty []any
		}
		Bytes int64
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return fmt.Errorf("audit's answer: %w", err)
	}
	off := 0
	for _, p := range answer.Places {
		off += p.Off.Windows
	}
	if off != b.OffWindows || answer.Files.Read != b.Logs || len(answer.Files.Faulty) > 0 || answer.Bytes != b.Plain {
		return fmt.Errorf("audit says %d off periods, %d files, %d faulty, %d bytes; generated were %d off periods, %d files, %d bytes",
			off, answer.Files.Read, len(answer.Files.Faulty), answer.Bytes, b.OffWindows, b.Logs, b.Plain)
	}
	return nil
}

func (b *bench) print() {
	fmt.Printf("%-38s %8s %8s %8s %10s\n", "", "CPU s", "wall s", "wall/CPU", "memory MB")
	for _, name := range []string{bare, hashed, alone, unchecked, verified, withJQ, withDuck} {
		if u, measured := b.used[name]; measured {
			fmt.Printf("%-38s %8.2f %8.2f %8.2f %10.0f\n", name, u.cpu.Seconds(), u.wall.Seconds(), u.wall.Seconds()/u.cpu.Seconds(), float64(u.memory)/1e6)
		} else {
			fmt.Printf("%-38s not measured\n", name)
		}
	}
	fmt.Println()
}

// limits prints the ratios that audit has to keep, and fails if it does not.
func (b *bench) limits() error {
	var over []string
	line := func(what string, value float64, sign string, limit float64) {
		word := "holds"
		if sign == "<=" && value > limit || sign == ">=" && value < limit {
			word = "FAILS"
			over = append(over, what)
		}
		fmt.Printf("%-38s %8.2f  %s %v  %s\n", what, value, sign, limit, word)
	}
	ratio := func(what, above, below string, of func(usage) float64, sign string, limit float64) {
		a, isA := b.used[above]
		c, isB := b.used[below]
		if isA && isB {
			line(what, of(a)/of(c), sign, limit)
		}
	}
	ratio("CPU (c) / (a)", alone, bare, cpu, "<=", 1.15)
	ratio("CPU (d) / (b)", verified, hashed, cpu, "<=", 1.25)
	ratio("CPU jq / (c)", withJQ, alone, cpu, ">=", 12)
	ratio("wall jq / (c)", withJQ, alone, wall, ">=", 15)
	ratio("CPU DuckDB / (c)", withDuck, alone, cpu, ">=", 4)
	for _, name := range []string{alone, verified} {
		if u, measured := b.used[name]; measured {
			line("wall / CPU of "+name[:3], u.wall.Seconds()/u.cpu.Seconds(), "<=", 0.6)
			line("memory MB of "+name[:3], float64(u.memory)/1e6, "<=", 200)
		}
	}
	if u, measured := b.used[verified]; measured && b.used[withJQ].cpu > 0 {
		fmt.Printf("%-38s %8.2f  (no limit: jq verifies nothing)\n", "CPU jq / (d)", cpu(b.used[withJQ])/cpu(u))
	}
	if len(over) > 0 {
		return fmt.Errorf("not held: %s", strings.Join(over, ", "))
	}
	return nil
}

func cpu(u usage) float64  { return u.cpu.Seconds() }
func wall(u usage) float64 { return u.wall.Seconds() }

// oneRecord measures audit's memory on a file with one huge record.
func (b *bench) oneRecord(fipsguard string) error {
	dir := filepath.Join(b.dir, "record")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if _, err := b.self("record"); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	used, err := start(fipsguard, "audit", "--format", "json", dir)
	if err != nil {
		return err
	}
	fmt.Printf("memory with a record of %d MB: %.0f MB (limit 200)\n", b.record, float64(used.memory)/1e6)
	if used.memory > 200e6 {
		return errors.New("too much memory with a huge record")
	}
	return nil
}
