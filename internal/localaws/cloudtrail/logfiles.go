package cloudtrail

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// logSlot is what one log file covers: CloudTrail delivers about every five
// minutes (CloudTrail user guide, "Finding your CloudTrail log files").
const logSlot = 5 * time.Minute

// logDelivery is what one trail delivers, and goes on with where it stopped.
type logDelivery struct{ region, bucket, prefix string }

// LogFile is a file of JSON as it goes into a bucket.
type LogFile struct {
	Key     string
	Gzipped []byte
}

// DeliverTrailLog writes the records of a Region to a bucket as a trail does:
// one file for each five minutes with records, and each record once, however
// often it is called. The prefix stands before AWSLogs/ and may be empty.
func (t *CloudTrail) DeliverTrailLog(regionName, bucket, prefix string) error {
	if _, err := kernel.RegionNamed(regionName); err != nil {
		return fmt.Errorf("deliver log files: %w", err)
	}
	t.kernel.Lock()
	defer t.kernel.Unlock()
	to := logDelivery{regionName, bucket, prefix}
	slots := map[time.Time][]Record{}
	for _, r := range t.records[t.logged[to]:] {
		if r.AWSRegion == regionName {
			slot := r.EventTime.Truncate(logSlot)
			slots[slot] = append(slots[slot], r)
		}
	}
	var files []LogFile
	for _, slot := range slices.SortedFunc(maps.Keys(slots), time.Time.Compare) {
		body, err := logFile(slots[slot])
		if err != nil {
			return fmt.Errorf("deliver log files: %w", err)
		}
		files = append(files, LogFile{Key: t.logKey(to, slot), Gzipped: body})
	}
	if err := t.put(bucket, files); err != nil {
		return fmt.Errorf("deliver log files: %w", err)
	}
	t.logged[to] = len(t.records)
	return nil
}

// logKey ends in an identifier, so that two files of the same minutes can be.
func (t *CloudTrail) logKey(to logDelivery, slot time.Time) string {
	return path.Join(to.prefix, "AWSLogs", kernel.AccountID, "CloudTrail", to.region, slot.Format("2006/01/02"),
		fmt.Sprintf("%s_CloudTrail_%s_%s_%s.json.gz", kernel.AccountID, to.region, slot.Format("20060102T1504Z"), t.kernel.IDs.Hex(8)))
}

func logFile(records []Record) ([]byte, error) {
	var file bytes.Buffer
	out := gzip.NewWriter(&file)
	if err := json.NewEncoder(out).Encode(map[string][]Record{"Records": records}); err != nil {
		return nil, err
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}
