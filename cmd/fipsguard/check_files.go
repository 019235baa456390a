package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"fipsguard/internal/manifest"
	"fipsguard/internal/manifest/search"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// checkReport is what was read, file by file.
type checkReport struct{ files []checkedFile }

type checkedFile struct {
	name     string
	named    bool            // on the command line, or by a file that was
	foreign  bool            // about something else
	source   manifest.Source // of something that may launch tasks
	nested   bool            // in a template of another file, which gives it its parameters
	given    bool            // read with the parameters of the command line
	contents manifest.Contents
	err      error
}

// checkAll reads what the arguments name, and the nested templates beside the
// templates that name them.
func checkAll(t *terminal, arguments []string, o manifest.Options) checkReport {
	var r checkReport
	seen := map[string]int{}
	add := func(f checkedFile) {
		key := filepath.Clean(f.name)
		if at, again := seen[key]; again {
			r.files[at].named = r.files[at].named || f.named
			r.files[at].nested = r.files[at].nested || f.nested
			return
		}
		seen[key] = len(r.files)
		r.files = append(r.files, f)
	}
	for _, argument := range arguments {
		found, err := search.Files(argument)
		if err != nil {
			add(checkedFile{name: argument, named: true, err: reasonOf(err)})
		}
		for _, f := range found {
			add(checkedFile{name: f.Name, named: f.Named})
		}
	}
	for from := 0; from < len(r.files); {
		batch := r.files[from:]
		from = len(r.files)
		readBatch(t, batch, o)
		for _, f := range batch {
			for _, nested := range f.contents.Nested {
				add(checkedFile{name: filepath.Join(filepath.Dir(f.name), filepath.FromSlash(nested)), named: true, nested: true})
			}
		}
	}
	for i := range r.files {
		if f := &r.files[i]; f.nested && f.given {
			*f = checkedFile{name: f.name, named: f.named, nested: true}
			readBatch(t, r.files[i:i+1], o)
		}
	}
	r.settleSources()
	return r
}

// memory bounds the bytes of files that are read at the same time.
const memory = 48 << 20

// readBatch reads files side by side, large ones one at a time.
func readBatch(t *terminal, files []checkedFile, o manifest.Options) {
	room := semaphore.NewWeighted(memory)
	var readers errgroup.Group
	readers.SetLimit(runtime.GOMAXPROCS(0))
	for i := range files {
		f := &files[i]
		if f.err != nil {
			continue
		}
		readers.Go(func() error {
			f.read(t, o, room)
			return nil
		})
	}
	_ = readers.Wait() // what is wrong with a file is the file's
}

func (f *checkedFile) read(t *terminal, o manifest.Options, room *semaphore.Weighted) {
	size := min(memory, sizeOf(f.name)+1<<16)
	if err := room.Acquire(context.Background(), size); err != nil {
		f.err = err
		return
	}
	defer room.Release(size)
	data, err := readAll(t, f.name)
	if err != nil {
		f.err = err
		return
	}
	source, launches := manifest.SourceOf(f.name, data)
	switch {
	case launches:
		f.source = source
		return
	case source != manifest.NoSource && !f.named:
		f.foreign = true
		return
	}
	likeness := manifest.Surely
	if !f.named {
		likeness = manifest.LikenessOf(data)
	}
	if likeness == manifest.Foreign {
		f.foreign = true
		return
	}
	if f.nested {
		o.Parameters = nil
	}
	f.given = len(o.Parameters) > 0
	o.File = f.name
	f.contents, f.err = manifest.Read(data, o)
	f.foreign = !f.named && (errors.Is(f.err, manifest.ErrFormat) || f.err != nil && likeness != manifest.Surely)
}

// sizeOf is a file's size, or nothing where that is not known.
func sizeOf(name string) int64 {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return info.Size()
}

// readAll reads a file, or the standard input, up to the bound on files.
func readAll(t *terminal, name string) ([]byte, error) {
	if size := sizeOf(name); size > manifest.MaxBytes {
		return nil, fmt.Errorf("the file has %d MiB; at most %d are read", size>>20, manifest.MaxBytes>>20)
	} else if name != "-" && size > 0 {
		data, err := os.ReadFile(name)
		return data, reasonOf(err)
	}
	in, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, manifest.MaxBytes+1))
	return data, reasonOf(err)
}
