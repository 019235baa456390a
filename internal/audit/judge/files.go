package judge

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

type fileKind int

const (
	other fileKind = iota
	log
	digest
)

// file is a file that was found.
type file struct {
	path, base string
	kind       fileKind
	where             // by its name
	named      bool   // a log whose name has account, Region and T
	t          second // T of a log, the end of a digest
	trail      string // of a digest's name
	backfill   bool   // a digest of late files

	content         // what is in a log
	digest  *signed // what is in a digest that is not unsound
	fault   string
}

var (
	logName    = regexp.MustCompile(`^(\d{12})_CloudTrail_([^_]+)_(\d{8}T\d{4}Z)_.*\.json(\.gz)?$`)
	digestName = regexp.MustCompile(`^(\d{12})_CloudTrail-Digest_([^_]+)_(.+)_([^_]+)_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$`)
)

// named returns a file by what its name and its folders say.
func named(path string) *file {
	f := &file{path: filepath.ToSlash(path), base: filepath.Base(path)}
	folders := strings.Split(filepath.ToSlash(filepath.Dir(path)), "/")
	if m := logName.FindStringSubmatch(f.base); m != nil {
		f.kind, f.named, f.where, f.t = log, true, where{m[1], m[2]}, nameTime("20060102T1504Z", m[3])
		return f
	}
	if m := digestName.FindStringSubmatch(f.base); m != nil {
		f.kind, f.where, f.trail, f.t, f.backfill = digest, where{m[1], m[2]}, m[3], nameTime("20060102T150405Z", m[5]), m[6] != ""
		return f
	}
	isJSON := strings.HasSuffix(f.base, ".json") || strings.HasSuffix(f.base, ".json.gz")
	if isJSON && !strings.HasPrefix(f.base, ".") && !slices.Contains(folders, "AWSLogs") {
		f.kind = log
	}
	return f
}

// archive is all that was found and what follows from it.
type archive struct {
	files   []*file
	lists   map[string][]listed // what digests that are not unsound list, by the file's own name
	missing []listed
	records []*record        // used, each eventID once
	damaged map[where][]hole // seconds of setting records from files with damage
}

// read reads all files.
func read(o Options) (*archive, error) {
	a := &archive{lists: map[string][]listed{}, damaged: map[where][]hole{}}
	if err := a.find(o.Paths); err != nil {
		return nil, err
	}
	if err := a.readDigests(o); err != nil {
		return nil, err
	}
	for _, f := range a.files {
		if f.kind == log {
			if err := a.readLog(f); err != nil {
				return nil, err
			}
		}
	}
	a.findMissing()
	a.useRecords()
	return a, nil
}

func (a *archive) find(paths []string) error {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				a.files = append(a.files, named(path))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readLog reads a log and finds its fault: the first of the contract's rows
// that fits, gzip before hash before JSON.
func (a *archive) readLog(f *file) error {
	raw, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	f.content, f.fault = uncompress(f.base, raw)
	lists := a.lists[f.base]
	sum := sha256.Sum256(f.plain)
	for _, l := range lists {
		if f.fault == "" && l.hash != hex.EncodeToString(sum[:]) {
			f.fault = "altered"
		}
	}
	if f.fault == "altered" || f.fault == "empty" || f.fault == "not-gzip" {
		return nil
	}
	jsonFault := f.decode()
	if f.fault == "" {
		f.fault = jsonFault
	}
	if f.fault == "" && f.named && len(lists) == 0 && within(f.t, f.t+minute, a.windows(f.where, false)) {
		f.fault = "unlisted"
	}
	return nil
}

// findMissing finds what is listed and was not found.
func (a *archive) findMissing() {
	found := map[string]bool{}
	for _, f := range a.files {
		found[f.base] = true
	}
	reported := map[string]bool{}
	for _, lists := range a.lists {
		for _, l := range lists {
			if !found[baseOfKey(l.key)] && !reported[l.key] {
				reported[l.key] = true
				a.missing = append(a.missing, l)
			}
		}
	}
}

// useRecords takes the used records, each eventID once.
func (a *archive) useRecords() {
	seen := map[string]bool{}
	for _, f := range a.files {
		damaged := f.fault == "truncated" || f.fault == "corrupt"
		if f.kind != log || f.fault != "" && !damaged {
			continue
		}
		for _, decoded := range f.records {
			o, _ := decoded.(object)
			r := used(o, f.where)
			if r == nil {
				continue
			}
			if damaged && r.kind == setting {
				a.damaged[r.where] = append(a.damaged[r.where], hole{r.at, r.at + 1})
			}
			if !seen[r.id] || r.id == "" {
				a.records = append(a.records, r)
			}
			seen[r.id] = true
		}
	}
}

// counts returns what became of each file.
func (a *archive) counts() Files {
	counts := Files{Faulty: []Faulty{}}
	for _, f := range a.files {
		switch {
		case f.fault != "":
			counts.Faulty = append(counts.Faulty, Faulty{f.path, f.fault})
		case f.kind == log:
			counts.Read++
		default:
			counts.Skipped++
		}
	}
	for _, l := range a.missing {
		counts.Faulty = append(counts.Faulty, Faulty{l.key, "missing"})
	}
	slices.SortFunc(counts.Faulty, func(a, b Faulty) int { return strings.Compare(a.Path, b.Path) })
	return counts
}

// size returns the records and the uncompressed bytes of the files read.
func (a *archive) size() (records int, bytes int64) {
	for _, f := range a.files {
		if f.kind == log && f.fault == "" {
			records += len(f.records)
			bytes += int64(len(f.plain))
		}
	}
	return records, bytes
}
