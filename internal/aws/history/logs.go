package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"sync"
	"time"

	"fipsguard/internal/guard"
	"fipsguard/internal/trail"
	"fipsguard/internal/trail/logfile"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"
)

// Objects is the part of S3 that is used; *s3.Client has it.
type Objects interface {
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// Logs are a trail's log objects.
type Logs struct {
	Objects Objects
	Bucket  string
	Prefix  string        // up to the account: AWSLogs, PREFIX/AWSLogs, or AWSLogs/ORGANIZATION
	Time    time.Duration // for reading in one scan
}

// readers is how many objects are read at once.
const readers = 8

// changes reads day by day, the newest first, from before a time back to the
// day of since. It ends early when its time is over, which leaves the rest to
// a later scan, and at a day without log objects: nothing was logged then, and
// what is not logged is not known.
func (l *Logs) changes(ctx context.Context, account, region string, since, before time.Time) ([]guard.Event, time.Time, error) {
	var events []guard.Event
	reading, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	idle := make(chan *logfile.Reader, readers)
	for range readers {
		idle <- logfile.NewReader()
	}
	from := before
	for day := before.UTC().Truncate(24 * time.Hour); day.Add(24 * time.Hour).After(since); day = day.Add(-24 * time.Hour) {
		found, objects, err := l.day(reading, idle, account, region, day)
		switch {
		case reading.Err() != nil && ctx.Err() == nil, err == nil && objects == 0:
			return events, from, nil
		case err != nil:
			return events, from, err
		}
		events = append(events, found...)
		from = day
	}
	return events, from, nil
}

func (l *Logs) day(ctx context.Context, idle chan *logfile.Reader, account, region string, day time.Time) (events []guard.Event, objects int, err error) {
	prefix := path.Join(l.Prefix, account, "CloudTrail", region, day.Format("2006/01/02")) + "/"
	var mu sync.Mutex
	var readings errgroup.Group
	readings.SetLimit(readers)
	pages := s3.NewListObjectsV2Paginator(l.Objects, &s3.ListObjectsV2Input{Bucket: aws.String(l.Bucket), Prefix: aws.String(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, objects, errors.Join(fmt.Errorf("list log objects %s in %s: %w", prefix, l.Bucket, err), readings.Wait())
		}
		for _, object := range page.Contents {
			objects++
			readings.Go(func() error {
				reader := <-idle
				defer func() { idle <- reader }()
				found, err := l.read(ctx, reader, aws.ToString(object.Key))
				mu.Lock()
				defer mu.Unlock()
				events = append(events, found...)
				return err
			})
		}
	}
	err = readings.Wait()
	return events, objects, err
}

// read reads one object, as an audit does.
func (l *Logs) read(ctx context.Context, reader *logfile.Reader, key string) ([]guard.Event, error) {
	contents, err := reader.Read(func() (io.ReadCloser, error) {
		out, err := l.Objects.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(l.Bucket), Key: aws.String(key)})
		if err != nil {
			return nil, err
		}
		return out.Body, nil
	}, logfile.Options{Gzip: path.Ext(key) == ".gz"})
	if err != nil {
		return nil, fmt.Errorf("get log object %s: %w", key, err)
	}
	if damage := cmp.Or(contents.Packing, contents.Text); damage.Fault != "" {
		return nil, fmt.Errorf("read log object %s: it is %s: %s", key, damage.Fault, damage.Cause)
	}
	var events []guard.Event
	for _, record := range contents.Records {
		if event := trail.FromLog(record); isAboutSetting(event) {
			if event.Cause.Time.IsZero() {
				return nil, fmt.Errorf("read log object %s: event %s: %w", key, event.Cause.EventID, errNoTime)
			}
			events = append(events, event)
		}
	}
	return events, nil
}
