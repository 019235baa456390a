package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// start runs a program to its end and returns what it and its children used.
func start(name string, args ...string) (usage, error) {
	cmd := exec.Command(name, args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	began := time.Now()
	err := cmd.Run()
	used := usage{wall: time.Since(began), out: out.Bytes()}
	var exit *exec.ExitError
	if errors.As(err, &exit) && filepath.Base(name) == "fipsguard" {
		err = nil // 1 and 2 are answers; whether it is right is seen in its output
	}
	if err != nil {
		return used, fmt.Errorf("%s: %w\n%s", name, err, talk.String())
	}
	used.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if r, is := cmd.ProcessState.SysUsage().(*syscall.Rusage); is {
		used.memory = r.Maxrss * 1024
	}
	return used, nil
}

// self runs a part of this program.
func (o *options) self(part string) (usage, error) {
	name, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	return start(name, "-part", part, "-dir", o.dir, "-seed", strconv.FormatUint(o.seed, 10), "-size", strconv.FormatInt(o.megabytes, 10),
		"-ecs", strconv.Itoa(o.ecs), "-record", strconv.Itoa(o.record))
}

// build builds fipsguard; an empty name means that it has no command audit.
func (o *options) build() (string, error) {
	name := filepath.Join(o.dir, "fipsguard")
	if _, err := start("go", "build", "-o", name, "fipsguard/cmd/fipsguard"); err != nil {
		return "", err
	}
	if err := exec.Command(name, "audit", "--help").Run(); err != nil {
		fmt.Print("fipsguard has no command audit: (c) and (d) are left out\n\n")
		return "", nil
	}
	return name, nil
}

// jqFilter finds the records that a timeline needs, as audit does.
const jqFilter = `.Records[]
| select((.eventSource == "ecs.amazonaws.com" and (.eventName == "PutAccountSetting" or .eventName == "PutAccountSettingDefault" or .eventName == "DeleteAccountSetting"
		or .eventName == "RunTask" or .eventName == "StartTask"))
	or (.eventSource == "cloudtrail.amazonaws.com" and (.eventName == "StopLogging" or .eventName == "DeleteTrail" or .eventName == "StartLogging")))
| select((.errorCode // "") == "" and .readOnly != true)
| [.recipientAccountId, .awsRegion, .eventTime, .eventID, .eventName, .userIdentity.arn, .requestParameters, .responseElements]`

// jq runs zcat | jq over all log files.
func (b *bench) jq() error {
	for _, name := range []string{"zcat", "jq"} {
		if _, err := exec.LookPath(name); err != nil {
			fmt.Printf("%s is not installed: (e) is left out\n\n", name)
			return nil
		}
	}
	archive, _, _ := b.files()
	used, err := start("sh", "-c", `find "$0" -path '*/CloudTrail/*' -name '*.json.gz' -print0 | xargs -0 zcat | jq -c "$1"`, archive, jqFilter)
	if err != nil {
		return err
	}
	if found := bytes.Count(used.out, []byte("\n")); found != b.Wanted {
		return fmt.Errorf("jq found %d records; generated were %d", found, b.Wanted)
	}
	b.used[withJQ] = used
	return nil
}

const duckDBPackage = "@duckdb/node-api@1.5.6-r.1"

//go:embed duckdb.js
var duckScript []byte

// duck asks DuckDB, if npm can install it.
func (b *bench) duck() error {
	dir := b.duckDB
	if dir == "" {
		dir = filepath.Join(b.dir, "duckdb")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if _, err := start("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", duckDBPackage); err != nil {
			fmt.Printf("npm cannot install %s: (f) is left out\n\n", duckDBPackage)
			return nil
		}
	}
	script := filepath.Join(dir, "audit.js")
	if err := os.WriteFile(script, duckScript, 0o644); err != nil {
		return err
	}
	archive, _, _ := b.files()
	used, err := start("node", script, archive)
	if err != nil {
		return err
	}
	if found := strings.TrimSpace(string(used.out)); found != strconv.Itoa(b.Wanted) {
		return fmt.Errorf("DuckDB found %s records; generated were %d", found, b.Wanted)
	}
	b.used[withDuck] = used
	return nil
}
