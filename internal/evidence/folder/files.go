package folder

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"fipsguard/internal/evidence/format"
)

// Files are the files of a folder, or of a bucket.
type Files interface {
	// Names are the files' paths with slashes, in any order.
	Names() ([]string, error)
	Read(name string) ([]byte, error)
}

// signed ends the name of an original, payload that of what is in it.
const (
	signed  = ".dsse.json"
	payload = ".json"
)

// reportName is ID and ending of a report's file.
var reportName = regexp.MustCompile(`^([0-9]{12}-[a-z0-9-]+-[0-9]{8}T[0-9]{6}(?:-[0-9]{1,9})?Z)(\.[a-z.]+)$`)

// report is the files of one report, by their endings.
type report struct {
	id    string
	files map[string]string // path by ending
}

// sorted is a folder's files by what they are.
type sorted struct {
	reports []report // in the order of their IDs, which is that of time
	kinds   []report // of other kinds, with the kind's ending behind the ID
	states  []string // of verifiers
	others  []string // which evidence does not have
	twice   []string // files of reports that are there at another path, too
}

// sort sorts files by their names, of which nothing is believed.
func sort(names []string, kinds []Kind) sorted {
	var s sorted
	byID, ofKinds := map[string]report{}, map[string]report{}
	for _, name := range slices.Sorted(slices.Values(names)) {
		base := path.Base(name)
		match := reportName.FindStringSubmatch(base)
		if match != nil {
			if k, ok := kindOf(kinds, match[2]); ok {
				s.add(ofKinds, match[1]+k.Ending, strings.TrimPrefix(match[2], k.Ending), name)
				continue
			}
		}
		switch {
		case match == nil && strings.HasSuffix(base, signed):
			s.states = append(s.states, name)
			continue
		case match == nil || !known(match[2]):
			s.others = append(s.others, name)
			continue
		}
		s.add(byID, match[1], match[2], name)
	}
	s.reports = slices.SortedFunc(maps.Values(byID), func(a, b report) int { return byTime(a.id, b.id) })
	s.kinds = slices.SortedFunc(maps.Values(ofKinds), func(a, b report) int { return strings.Compare(a.id, b.id) })
	return s
}

// add adds a file to its report.
func (s *sorted) add(reports map[string]report, id, ending, name string) {
	r, ok := reports[id]
	if !ok {
		r = report{id, map[string]string{}}
		reports[id] = r
	}
	if _, there := r.files[ending]; there {
		s.twice = append(s.twice, name)
		return
	}
	r.files[ending] = name
}

// byTime compares IDs by account and Region and then by time. A fraction of a
// second is written without zeros at its end, and none at all when it is zero.
func byTime(a, b string) int {
	return cmp.Or(strings.Compare(group(a), group(b)), strings.Compare(instant(a), instant(b)))
}

// group is ACCOUNT-REGION of an ID.
func group(id string) string { return whole.FindStringSubmatch(id)[1] }

// instant is an ID's time, so that it can be compared as text.
func instant(id string) string {
	match := whole.FindStringSubmatch(id)
	return match[2] + "." + match[3] + strings.Repeat("0", 9-len(match[3]))
}

var whole = regexp.MustCompile(`^(.*)-([0-9]{8}T[0-9]{6})(?:-([0-9]{1,9}))?Z$`)

func known(ending string) bool {
	return ending == signed || ending == payload || slices.ContainsFunc(format.Derived(), func(f format.File) bool { return f.Ending == ending })
}

// name is the path of a report's file, or the one that it would have.
func (r report) name(ending string) string {
	if name, ok := r.files[ending]; ok {
		return name
	}
	for _, name := range r.files {
		return path.Join(path.Dir(name), r.id+ending)
	}
	return r.id + ending
}

// Dir are the files below a folder on disk.
type Dir string

// Names walks the folder. It follows no symbolic links.
func (d Dir) Names() ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(string(d)), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	var at *fs.PathError
	if errors.As(err, &at) { // it names the path from here on
		return nil, fmt.Errorf("read folder %s: %w", filepath.Join(string(d), at.Path), at.Err)
	}
	return names, err
}

// MaxFile bounds what is read: an envelope is a third larger than what is in it.
const MaxFile = 100 << 20

// Read reads a file.
func (d Dir) Read(name string) ([]byte, error) {
	file, err := os.Open(filepath.Join(string(d), filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = fmt.Errorf("read %s: it is larger than %d MiB", name, MaxFile>>20)
	}
	return data, err
}
