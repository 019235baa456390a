package main

import (
	"errors"
	"testing"

	"fipsguard/internal/audit/judge"
)

// TestTheArchiveIsWhatItSays asks the judge: the benchmark holds audit's
// answer against what was generated, so that has to be true.
func TestTheArchiveIsWhatItSays(t *testing.T) {
	o := options{dir: t.TempDir()}
	a, err := generate(o.dir, 1, 3e6, 2000)
	if err != nil {
		t.Fatal(err)
	}
	archive, keys, signatures := o.files()
	answer, status, err := judge.Judge(judge.Options{PublicKeys: keys, Signatures: signatures, Paths: []string{archive}})
	if err != nil {
		t.Fatal(err)
	}
	off, vouched, unvouched := 0, 0, 0
	for _, p := range answer.Places {
		off, vouched, unvouched = off+p.Off.Windows, vouched+p.Trust.VouchedHours, unvouched+p.Trust.UnvouchedHours
	}
	if status != 1 || off != a.OffWindows || off == 0 || len(answer.Places) != 6 || len(answer.Files.Faulty) > 0 {
		t.Errorf("status %d, %d off periods, %d places, faulty %v; want %d off periods in 6 places", status, off, len(answer.Places), answer.Files.Faulty, a.OffWindows)
	}
	if unvouched > 6 || vouched == 0 { // the first event is from before the first window
		t.Errorf("%d hours are vouched for, %d are not", vouched, unvouched)
	}
	if answer.Files.Read != a.Logs || answer.Files.Skipped != a.Digests || answer.Records != a.Records || answer.Bytes != a.Plain {
		t.Errorf("%+v, %d records, %d bytes; generated were %+v", answer.Files, answer.Records, answer.Bytes, a.summary)
	}
	if ratio := float64(a.Plain) / float64(a.Packed); ratio < 8 || ratio > 15 {
		t.Errorf("gzip's ratio is %.1f", ratio)
	}
	if err := errors.Join(decompress(archive, true), verifyDigests(archive, keys, signatures)); err != nil {
		t.Errorf("the floor: %v", err)
	}
}
