package audit

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"fipsguard/internal/guard"
)

// place is an account and a Region.
type place struct{ account, region string }

// counts reports whether Fargate has FIPS mode there.
func (p place) counts() bool { return p.account != "" && guard.InScope(p.region) }

// kind is what a file is, by its name.
type kind uint8

const (
	skip kind = iota
	logKind
	digestKind
)

// name is what a file's name says.
type name struct {
	kind     kind
	place    place
	at       int64 // seconds: a log's minute of delivery, a digest's end; 0 when the name has none
	trail    string
	home     string // the trail's home Region
	backfill bool
}

var (
	logName    = regexp.MustCompile(`^(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{8}T\d{4}Z)_.*\.json(?:\.gz)?$`)
	digestName = regexp.MustCompile(`^(\d{12})_CloudTrail-Digest_([a-z0-9-]+)_(.+)_([a-z0-9-]+)_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$`)
	// otherName is what AWS puts beside them, wherever it was copied to.
	otherName = regexp.MustCompile(`^\d{12}_(CloudTrail-Insight|CloudTrail-Aggregated|Config)_`)
)

// nameOf reads a file's name. A file outside of AWSLogs may have any name.
func nameOf(file string) name {
	base := path.Base(file)
	if m := digestName.FindStringSubmatch(base); m != nil {
		if at, err := time.Parse("20060102T150405Z", m[5]); err == nil {
			return name{digestKind, place{m[1], m[2]}, at.Unix(), m[3], m[4], m[6] != ""}
		}
	}
	if m := logName.FindStringSubmatch(base); m != nil {
		if at, err := time.Parse("20060102T1504Z", m[3]); err == nil {
			return name{kind: logKind, place: place{m[1], m[2]}, at: at.Unix()}
		}
	}
	isJSON := strings.HasSuffix(base, ".json") || strings.HasSuffix(base, ".json.gz")
	inside := slices.Contains(strings.Split(path.Dir(file), "/"), "AWSLogs")
	if file == StandardInput || isJSON && !inside && !strings.HasPrefix(base, ".") && !otherName.MatchString(base) {
		return name{kind: logKind}
	}
	return name{}
}

// stem is how a log is found in a digest: by its own name, compressed or not.
func stem(file string) string { return strings.TrimSuffix(path.Base(file), ".gz") }

func isGzip(file string) bool { return strings.HasSuffix(file, ".gz") }

// Delivered is when a log file was delivered, as far as its name says it.
func (f File) Delivered() (time.Time, bool) {
	n := nameOf(f.Path)
	return time.Unix(n.at, 0).UTC(), n.kind == logKind && n.at != 0
}
