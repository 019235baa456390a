package audit

import (
	"context"
	"io"
	"sync"

	"fipsguard/internal/trail/logfile"
)

// maxDigest bounds a digest's text. One lists an hour's log files.
const maxDigest = 64 << 20

// opener opens a file for a reader.
func (f File) opener(ctx context.Context) logfile.Opener {
	return func() (io.ReadCloser, error) {
		object, err := f.From.Open(ctx, f.Path)
		return object.Body, err
	}
}

// digest reads one digest; what cannot be read is unsound.
func (r *run) digest(ctx context.Context, f File) (*digest, error) {
	read, ok := r.Index.digest(f)
	if !ok {
		object, err := f.From.Open(ctx, f.Path)
		if err == nil {
			read.Text, read.Damage, err = logfile.Text(object.Body, isGzip(f.Path), maxDigest)
			read.Signature = object.Signature
			_ = object.Body.Close() // it is read
		}
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			read.Damage = unreadable(err)
		default:
			r.Index.keepDigest(f, read)
		}
	}
	if read.Damage.Fault != "" {
		return &digest{name: nameOf(f.Path), path: f.Path, state: unsound, fault: string(read.Damage.Fault), why: read.Damage.Cause}, nil
	}
	return digestOf(f.Path, read.Text, read.Signature), nil
}

// unreadable is a file that the system or S3 does not hand out. Nothing is
// known of what it holds.
func unreadable(err error) logfile.Damage {
	return logfile.Damage{Fault: logfile.Corrupt, Cause: "it could not be read: " + err.Error()}
}

// logs reads all log files into the ledger.
func (r *run) logs(ctx context.Context, l *ledger, answer *Answer) error {
	var mu sync.Mutex
	var records int64
	counted := true
	err := r.each(ctx, r.plan.Logs, func(ctx context.Context, reader *logfile.Reader, f File) error {
		c, err := r.log(ctx, reader, f, l.delivery.isListed(f.Path))
		if err != nil {
			return err
		}
		n := nameOf(f.Path)
		fault, why := l.delivery.faultOf(f.Path, n, c)
		var found facts
		if fault != faultAltered && fault != faultUnlisted {
			found = factsOf(c.Records, n.place)
		}
		mu.Lock()
		defer mu.Unlock()
		l.log(f.Path, n, fault, found)
		if fault != "" {
			answer.fault(f.Path, fault, why)
			return nil
		}
		answer.Files.Read++
		answer.Bytes += c.Bytes
		records += c.Count
		counted = counted && c.Count >= 0
		return nil
	})
	if counted {
		answer.Records = &records
	}
	return err
}

// log reads one log file.
func (r *run) log(ctx context.Context, reader *logfile.Reader, f File, hash bool) (logfile.Contents, error) {
	// The standard input cannot be read again if the search is not sure.
	o := logfile.Options{Gzip: isGzip(f.Path), Hash: hash, Thorough: r.Thorough || f.Path == StandardInput}
	if c, ok := r.Index.log(f, o); ok {
		return c, nil
	}
	c, err := reader.Read(f.opener(ctx), o)
	switch {
	case ctx.Err() != nil:
		return c, context.Cause(ctx)
	case err != nil:
		return logfile.Contents{Packing: unreadable(err)}, nil
	}
	r.Index.keepLog(f, o, c)
	return c, nil
}

// faultOf is the first fault that a log file has: of the file as it lies there,
// against its digest, of its text, against the lists.
func (d *delivery) faultOf(file string, n name, c logfile.Contents) (fault, why string) {
	switch {
	case c.Packing.Fault != "":
		return string(c.Packing.Fault), c.Packing.Cause
	case d.isListed(file) && d.isAltered(file, c.SHA256):
		return faultAltered, "its digest has another SHA-256 for it"
	case c.Text.Fault != "":
		return string(c.Text.Fault), c.Text.Cause
	case d.isUnlisted(file, n):
		return faultUnlisted, "no digest of the time in which it was delivered lists it"
	}
	return "", ""
}
