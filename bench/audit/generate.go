package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/audit/judge/chain"

	"golang.org/x/sync/errgroup"
)

const timeLayout = "2006-01-02T15:04:05Z"

var regions = []string{"us-gov-west-1", "us-gov-east-1"}

// archive is a generated archive and what is in it: the files under archive,
// keys.json and signatures.json beside.
type archive struct {
	dir  string
	logs []*logFile
	summary
}

// summary is what was generated.
type summary struct {
	Logs, Digests int
	Plain, Packed int64 // bytes of the log files
	Records       int
	Wanted        int // records that a filter for the timeline finds
	OffWindows    int // of all places together
}

// logFile is a log file to be made.
type logFile struct {
	account        *account
	region, key    string
	delivered      time.Time
	size           int
	setting        string // enabled or disabled in this file, or empty
	hash           string
	oldest, newest time.Time
	plain, packed  int64
	records        int
	wanted         int
}

// generate writes an archive of three accounts in two Regions, with log files
// of some megabytes every five minutes. The same seed makes the same logs. The
// digests' key is new each time.
func generate(dir string, seed uint64, size int64, ecsPerMillion int) (*archive, error) {
	a := &archive{dir: dir}
	random := rand.New(rand.NewPCG(seed, 0))
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var accounts []*account
	for _, id := range []string{"111122223333", "444455556666", "777788889999"} {
		accounts = append(accounts, newAccount(id, random))
	}
	scale := min(1, float64(size)/200e6) // a small archive has smaller files, not fewer hours
	var planned int64
	for step := 0; planned < size; step++ {
		for _, account := range accounts {
			for _, region := range regions {
				l := &logFile{account: account, region: region, size: int(scale * float64(1<<20+random.IntN(7<<20)))}
				l.delivered = begin.Add(time.Duration(step)*5*time.Minute + time.Duration(random.IntN(60))*time.Second)
				l.key = fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%[1]s_CloudTrail_%[2]s_%[4]s_%s.json.gz",
					account.id, region, l.delivered.Format("2006/01/02"), l.delivered.Format("20060102T1504Z"), capitals(random, 16))
				switch {
				case step == 0, step%16 == 2:
					l.setting = "enabled"
				case step%16 == 1:
					l.setting = "disabled"
					a.OffWindows++
				}
				a.logs = append(a.logs, l)
				planned += int64(l.size)
			}
		}
	}
	if err := a.writeLogs(seed, ecsPerMillion); err != nil {
		return nil, err
	}
	return a, a.sign(accounts, begin)
}

func (a *archive) writeLogs(seed uint64, ecsPerMillion int) error {
	var writers errgroup.Group
	writers.SetLimit(runtime.GOMAXPROCS(0))
	for n, l := range a.logs {
		writers.Go(func() error {
			return a.writeLog(l, rand.New(rand.NewPCG(seed, uint64(n)+1)), ecsPerMillion)
		})
	}
	if err := writers.Wait(); err != nil {
		return err
	}
	a.Logs = len(a.logs)
	for _, l := range a.logs {
		a.Plain, a.Packed, a.Records, a.Wanted = a.Plain+l.plain, a.Packed+l.packed, a.Records+l.records, a.Wanted+l.wanted
	}
	return nil
}

func (a *archive) writeLog(l *logFile, r *rand.Rand, ecsPerMillion int) error {
	text := append(make([]byte, 0, l.size+1<<14), `{"Records":[`...)
	l.oldest = l.delivered.Truncate(time.Minute).Add(-8 * time.Minute)
	l.newest = l.oldest.Add(6 * time.Minute)
	settingAt := l.size / 2 // bytes
	for n := 0; len(text) < l.size; n++ {
		if n > 0 {
			text = append(text, ',')
		}
		c := choose(r, calls)
		at := l.oldest.Add(time.Duration(float64(6*time.Minute) * float64(len(text)) / float64(l.size+1<<14)))
		switch {
		case l.setting != "" && len(text) > settingAt:
			c, settingAt = setting(l.setting), l.size
			l.wanted++
		case r.IntN(1_000_000) < ecsPerMillion:
			if c = choose(r, rare); c.name == "RunTask" {
				l.wanted++
			}
		}
		text = l.account.appendRecord(text, r, l.region, at, c)
		l.records++
	}
	text = append(text, `]}`...)
	packed, err := pack(text)
	if err != nil {
		return err
	}
	l.hash, l.plain, l.packed = chain.Hash(text), int64(len(text)), int64(len(packed))
	return a.write("archive/"+l.key, packed)
}

func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

func (a *archive) write(key string, content []byte) error {
	name := filepath.Join(a.dir, filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}

// sign writes the hourly digests of all accounts and Regions, with their
// signatures and the public key beside the archive.
func (a *archive) sign(accounts []*account, begin time.Time) error {
	key, err := chain.NewKey()
	if err != nil {
		return err
	}
	signatures := map[string]string{}
	for _, account := range accounts {
		for _, region := range regions {
			c := &chain.Chain{Account: account.id, Region: region, Trail: "main", Home: regions[0], Bucket: "logs", Key: key}
			for start := begin; a.deliveredFrom(start); start = start.Add(time.Hour) {
				d, err := c.Next(start, start.Add(time.Hour), a.listed(account, region, start))
				if err != nil {
					return err
				}
				signatures[d.Key] = d.Signature
				packed, err := pack(d.Plain)
				if err != nil {
					return err
				}
				if err := a.write("archive/"+d.Key, packed); err != nil {
					return err
				}
				a.Digests++
			}
		}
	}
	keys, err := chain.PublicKeys(key)
	if err != nil {
		return err
	}
	text, err := json.Marshal(signatures)
	if err != nil {
		return err
	}
	return errors.Join(a.write("keys.json", keys), a.write("signatures.json", text))
}

func (a *archive) deliveredFrom(start time.Time) bool {
	return slices.ContainsFunc(a.logs, func(l *logFile) bool { return !l.delivered.Before(start) })
}

// listed returns what was delivered in the hour from start.
func (a *archive) listed(of *account, region string, start time.Time) []chain.LogFile {
	var logs []chain.LogFile
	for _, l := range a.logs {
		if l.account == of && l.region == region && !l.delivered.Before(start) && l.delivered.Before(start.Add(time.Hour)) {
			logs = append(logs, chain.LogFile{Key: l.key, Hash: l.hash, Oldest: l.oldest, Newest: l.newest})
		}
	}
	return logs
}

// writeOneRecord writes an archive of one log with one record of some size.
func writeOneRecord(dir string, megabytes int) error {
	a := &archive{dir: dir}
	random := rand.New(rand.NewPCG(1, 1))
	block := hexDigits(random, 1<<20)
	of := newAccount("111122223333", random)
	huge := call{"s3", "PutObject", false, 1, func(*rand.Rand, *account) (string, string) {
		return `{"key":"` + strings.Repeat(block, megabytes) + `"}`, "null"
	}}
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	text := of.appendRecord([]byte(`{"Records":[`), random, regions[0], at, huge)
	text = of.appendRecord(append(text, ','), random, regions[0], at, setting("enabled"))
	packed, err := pack(append(text, `]}`...))
	if err != nil {
		return err
	}
	return a.write("AWSLogs/111122223333/CloudTrail/us-gov-west-1/2026/03/01/111122223333_CloudTrail_us-gov-west-1_20260301T1005Z_ABCDEFGHIJKLMNOP.json.gz", packed)
}
