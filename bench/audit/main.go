// Command audit times `fipsguard audit` against what no audit can go below,
// and against jq and DuckDB, on generated log files.
//
// The floor is the bare decompression of the log files by the library that
// audit uses, alone and with what digests ask for: SHA-256 of every file and
// the digests' signatures. All are programs of their own and run by turns.
// Only the ratios mean anything on another machine.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// options are the flags.
type options struct {
	dir       string
	seed      uint64
	megabytes int64
	ecs       int
	runs      int
	record    int
	others    bool
	duckDB    string
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "where the log files are kept for the next time; a folder of its own if empty")
	flag.Uint64Var(&o.seed, "seed", 1, "of the log files")
	flag.Int64Var(&o.megabytes, "size", 2100, "megabytes of log files, uncompressed")
	flag.IntVar(&o.ecs, "ecs", 50, "ECS records among a million")
	flag.IntVar(&o.runs, "runs", 5, "how often each of floor and audit runs")
	flag.IntVar(&o.record, "record", 300, "megabytes of a single record, for memory; 0 leaves it out")
	flag.BoolVar(&o.others, "others", true, "time jq and DuckDB, too, once")
	flag.StringVar(&o.duckDB, "duckdb", "", "folder in which npm has installed "+duckDBPackage+"; a folder of its own if empty")
	part := flag.String("part", "", "for the command's own use")
	flag.Parse()
	run := o.measure
	if *part != "" {
		run = func() error { return o.run(*part) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}

// run is one part, in a process of its own: its time is its own, and its
// memory is not that of the process which measures.
func (o *options) run(part string) error {
	archive, keys, signatures := o.files()
	switch part {
	case "generate":
		a, err := generate(o.dir, o.seed, o.megabytes*1e6, o.ecs)
		if err != nil {
			return err
		}
		text, err := json.Marshal(a.summary)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(o.dir, "summary.json"), text, 0o644)
	case "record":
		return writeOneRecord(filepath.Join(o.dir, "record"), o.record)
	case "decompress":
		return decompress(archive, false)
	case "hash":
		return errors.Join(decompress(archive, true), verifyDigests(archive, keys, signatures))
	}
	return fmt.Errorf("there is no part %q", part)
}

// files are the archive, the public keys and the signatures.
func (o *options) files() (archive, keys, signatures string) {
	return filepath.Join(o.dir, "archive"), filepath.Join(o.dir, "keys.json"), filepath.Join(o.dir, "signatures.json")
}

func (o *options) measure() error {
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "bench-audit")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.dir = dir
	}
	name := filepath.Join(o.dir, "summary.json")
	if _, err := os.Stat(name); err != nil {
		if _, err := o.self("generate"); err != nil {
			return err
		}
	}
	var s summary
	if err := readJSON(name, &s); err != nil {
		return err
	}
	fmt.Printf("%d log files, %.0f MB, gzip ratio %.1f; %d records, %d of them for the timeline; %d digests\n\n",
		s.Logs, float64(s.Plain)/1e6, float64(s.Plain)/float64(s.Packed), s.Records, s.Wanted, s.Digests)
	return o.bench(s)
}
