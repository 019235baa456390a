package judge

import (
	"bytes"
	"testing"
)

// vouchedDay has four windows and their digests' signatures. The default is on
// from 10:00, by a log of the first window; the log of 12:30 says it again.
func vouchedDay(t *testing.T) *folder {
	f := newFolder(t)
	f.check()
	f.fourWindows()
	return f
}

func (f *folder) fourWindows() {
	f.digest(west, "10:00", "11:00", item{"10:10", "10:00", "10:05", []object{set("1", "10:00", "on")}})
	f.digest(west, "11:00", "12:00", item{"11:10", "11:05", "11:05", []object{runTask("2", "11:05", object{})}})
	f.digest(west, "12:00", "13:00", item{"12:30", "12:20", "12:25", []object{set("3", "12:25", "on")}})
	f.digest(west, "13:00", "14:00")
}

const digestPrefix = "AWSLogs/" + accountA + "/CloudTrail-Digest/us-gov-west-1/2026/03/01/" + accountA + "_CloudTrail-Digest_us-gov-west-1_main_us-gov-west-1_20260301T"

func TestVouchedHours(t *testing.T) {
	t.Run("all", func(t *testing.T) {
		vouchedDay(t).holds(on, "hours 3 0", "bad 0 0", "status 0", "files 3 4", "place 10:00:00 13:00:00")
	})
	t.Run("without keys nothing is vouched for", func(t *testing.T) {
		f := newFolder(t)
		f.fourWindows()
		f.holds(on, "hours 0 3", "bad 0 0", "status 0", "files 3 4")
	})
	t.Run("without digests", func(t *testing.T) {
		f := quiet(t)
		f.log("10:10", set("1", "10:00", "on"))
		f.holds(on, "hours 0 3", "status 0")
	})
	t.Run("without signatures those of the successors do", func(t *testing.T) {
		f := vouchedDay(t)
		clear(f.signatures)
		f.holds(on, "hours 3 0", "status 0")
		f.options.Until = ""
		f.log("15:00") // until is 14:00 now, and nobody has the last digest's signature
		f.holds("hours 3 1", "place 10:00:00 14:00:00")
	})
	t.Run("an hour that no window covers wholly", func(t *testing.T) {
		f := newFolder(t)
		f.check()
		f.digest(west, "09:30", "10:30")
		f.digest(west, "10:30", "11:30")
		f.digest(west, "11:30", "12:30")
		f.holds("hours 2 1", "place 09:30:00 11:30:00") // the windows cover the hours of 10:00 and 11:00
	})
	t.Run("an hour that the range only touches", func(t *testing.T) {
		f := vouchedDay(t)
		f.options.Since, f.options.Until = stamp("10:59:59"), stamp("11:00:01")
		f.holds("hours 2 0")
	})
}

func TestFilesAgainstDigests(t *testing.T) {
	key := logKey(west, "12:30")
	// The log of 12:30 has events from 12:20 to 12:25.
	gap := []string{"default 10:00:00 12:20:00 on set 1", "default 12:20:00 13:00:00 unknown gap -", "status 2"}
	t.Run("missing", func(t *testing.T) {
		f := vouchedDay(t)
		f.remove(key)
		f.holds(append(gap, "faulty missing "+key, "bad 0 1", "hours 2 1", "files 2 4")...)
	})
	t.Run("the hole ends behind the newest event's second", func(t *testing.T) {
		f := vouchedDay(t)
		f.remove(key)
		f.digest(west, "14:00", "15:00", item{"14:10", "12:25", "12:26", []object{set("4", "12:25", "on"), set("5", "12:26", "on")}})
		f.options.Until = stamp("13:00")
		f.holds("default 10:00:00 12:20:00 on set 1", "default 12:20:00 12:25:00 unknown gap -", "default 12:25:00 12:25:01 on set 4",
			"default 12:25:01 12:26:00 unknown gap -", "default 12:26:00 13:00:00 on set 5")
	})
	t.Run("a digest that only overlaps an hour takes it along", func(t *testing.T) {
		f := newFolder(t)
		f.check()
		f.digest(west, "10:00", "11:30")
		f.digest(west, "11:30", "12:30", item{"12:10", "12:05", "12:05", []object{runTask("2", "12:05", object{})}})
		f.digest(west, "12:30", "15:00")
		f.remove(logKey(west, "12:10"))
		f.holds("hours 2 2", "place 10:00:00 14:00:00") // 10:00 and 13:00; the list covers parts of 11:00 and 12:00
	})
	t.Run("altered", func(t *testing.T) {
		f := vouchedDay(t)
		f.log("12:30", set("3", "12:25", "off"))
		f.holds(append(gap, "faulty altered "+key, "bad 1 0", "hours 2 1", "files 2 4")...)
	})
	t.Run("altered, without keys", func(t *testing.T) {
		f := newFolder(t)
		f.fourWindows()
		f.log("12:30", set("3", "12:25", "off"))
		f.holds(append(gap, "faulty altered "+key, "bad 1 0", "hours 0 3")...)
	})
	t.Run("altered so that it is no JSON", func(t *testing.T) {
		f := vouchedDay(t)
		f.write(key, zip([]byte(`{"Records":[`)))
		f.holds(append(gap, "faulty altered "+key, "bad 1 0")...)
	})
	t.Run("recompressed", func(t *testing.T) {
		f := vouchedDay(t)
		plain := plainLog(t, set("3", "12:25", "on"))
		f.write(key, append(zip(plain[:10]), zip(plain[10:])...))
		f.holds(on, "faulty", "hours 3 0")
		f.write(key, plain)
		f.holds(on, "faulty", "hours 3 0")
	})
	t.Run("empty before altered; the hole is the digest's", func(t *testing.T) {
		f := vouchedDay(t)
		f.write(key, nil)
		f.holds(append(gap, "faulty empty "+key, "bad 0 0", "hours 2 1")...)
	})
	t.Run("truncated before altered; its record counts for its second", func(t *testing.T) {
		f := vouchedDay(t)
		zipped := zip(plainLog(t, set("3", "12:25", "on")))
		f.write(key, zipped[:len(zipped)-2])
		f.holds("default 10:00:00 12:20:00 on set 1", "default 12:20:00 12:25:00 unknown gap -", "default 12:25:00 12:25:01 on set 3",
			"default 12:25:01 13:00:00 unknown gap -", "faulty truncated "+key, "bad 0 0", "hours 2 1")
	})
	t.Run("no records, as delivered", func(t *testing.T) {
		f := newFolder(t)
		f.digest(west, "10:00", "14:00", item{"10:10", "10:00", "10:05", nil})
		f.holds("default 10:00:00 13:00:00 unknown start -", "faulty")
	})
	t.Run("unlisted", func(t *testing.T) {
		f := vouchedDay(t)
		f.log("12:31", set("4", "12:10", "off"))
		f.holds(on, "faulty unlisted "+logKey(west, "12:31"), "bad 1 0", "hours 3 0", "status 2", "files 3 4")
	})
	t.Run("unlisted, and its T does not count", func(t *testing.T) {
		f := newFolder(t)
		f.digest(west, "10:00", "11:00", item{"10:10", "10:00", "10:05", []object{set("1", "10:00", "on")}})
		f.digest(west, "11:00", "12:00")
		f.digest(east, "10:00", "14:00")
		f.write(logKey(east, "13:00"), zip(plainLog(t)))
		f.holds("place 10:00:00 11:00:00", east+" place 10:00:00 13:00:00", "faulty unlisted "+logKey(east, "13:00"))
	})
	t.Run("a log behind the last window is not unlisted", func(t *testing.T) {
		f := vouchedDay(t)
		f.log("14:00", set("4", "13:50", "on"))
		f.holds("faulty", "files 4 4", "place 10:00:00 13:50:01")
	})
	t.Run("a log that a window covers in part only is not unlisted", func(t *testing.T) {
		f := newFolder(t)
		f.digest(west, "10:00", "14:00:30")
		f.log("14:00")
		f.holds("faulty")
	})
	t.Run("a log of another Region is not unlisted", func(t *testing.T) {
		f := vouchedDay(t)
		f.write(logKey(east, "12:30"), zip(plainLog(t)))
		f.holds("faulty", "files 4 4")
	})
}

func TestMissingDeliveries(t *testing.T) {
	second, third := digestPrefix+"120000Z.json.gz", digestPrefix+"130000Z.json.gz"
	t.Run("a digest is gone: its window and the hour before are a hole", func(t *testing.T) {
		f := vouchedDay(t)
		f.remove(third) // and with it the list that has the log of 12:30
		f.holds("default 10:00:00 11:00:00 on set 1", "default 11:00:00 12:25:00 unknown gap -", "default 12:25:00 12:25:01 on set 3",
			"default 12:25:01 13:00:00 unknown gap -", "faulty", "hours 2 1", "files 3 3", "status 2")
	})
	t.Run("the hole ends where the next window begins", func(t *testing.T) {
		f := vouchedDay(t)
		f.remove(second)
		f.holds("default 10:00:00 10:00:01 on set 1", "default 10:00:01 12:25:00 unknown gap -", "default 12:25:00 13:00:00 on set 3", "hours 2 1")
	})
	t.Run("the first and the last that are gone are not missed", func(t *testing.T) {
		f := vouchedDay(t)
		f.remove(digestPrefix + "110000Z.json.gz")
		f.remove(digestPrefix + "140000Z.json.gz")
		f.holds("default 10:00:00 12:00:00 on set 1", "default 12:00:00 12:25:00 unknown gap -", "default 12:25:00 12:25:01 on set 3",
			"place 10:00:00 12:25:01", "hours 2 1")
	})
	t.Run("a digest that is altered has no window and lists nothing", func(t *testing.T) {
		f := vouchedDay(t)
		f.write(third, zip(append(bytes.Clone(plainOf(t, f, third)), ' ')))
		f.holds("default 10:00:00 11:00:00 on set 1", "default 11:00:00 12:25:00 unknown gap -", "default 12:25:00 12:25:01 on set 3",
			"default 12:25:01 13:00:00 unknown gap -", "faulty altered "+third, "bad 1 0", "hours 2 1", "files 3 3", "status 2")
	})
	t.Run("an unsound digest at the end stands for its hour", func(t *testing.T) {
		f := vouchedDay(t)
		f.log("15:00")
		f.write(digestPrefix+"150000Z.json.gz", zip([]byte("{}")))
		f.holds("default 10:00:00 13:00:00 on set 1", "default 13:00:00 14:00:00 unknown gap -", "place 10:00:00 14:00:00",
			"faulty altered "+digestPrefix+"150000Z.json.gz", "bad 1 0")
	})
	t.Run("an unsound digest at the beginning, too", func(t *testing.T) {
		f := vouchedDay(t)
		f.log("07:40", set("0", "07:30", "on"))
		f.write(digestPrefix+"090000Z.json.gz", zip([]byte("{}")))
		// It stands for 08:00 to 09:00, so no window covers 08:00 to 10:00: a hole from 07:00.
		f.holds("default 07:30:00 07:30:01 on set 0", "default 07:30:01 10:00:00 unknown gap -", "default 10:00:00 13:00:00 on set 1")
	})
	t.Run("a digest under another name is unsound", func(t *testing.T) {
		f := vouchedDay(t)
		plain := plainOf(t, f, third)
		f.remove(third)
		f.write(digestPrefix+"130001Z.json.gz", zip(plain))
		f.holds("faulty altered "+digestPrefix+"130001Z.json.gz", "bad 1 0", "hours 2 1")
	})
	t.Run("a digest in another folder is sound", func(t *testing.T) {
		f := vouchedDay(t)
		plain := plainOf(t, f, third)
		f.remove(third)
		f.write("elsewhere/"+third[len(third)-len(accountA+"_CloudTrail-Digest_us-gov-west-1_main_us-gov-west-1_20260301T130000Z.json.gz"):], zip(plain))
		f.holds(on, "faulty", "hours 3 0")
	})
	t.Run("faults of gzip come first", func(t *testing.T) {
		f := vouchedDay(t)
		f.write(third, nil)
		f.holds("faulty empty "+third, "bad 0 0", "hours 2 1")
	})
	t.Run("a wrong signature", func(t *testing.T) {
		f := vouchedDay(t)
		f.signatures[third] = f.signatures[second]
		f.holds("faulty altered "+third, "bad 1 0")
	})
	t.Run("a key that the file does not have", func(t *testing.T) {
		f := newFolder(t)
		f.fourWindows()
		f.signatures = map[string]string{f.last.Key: f.last.Signature}
		f.options.PublicKeys = f.dir + "/../keys.json"
		f.write("../keys.json", []byte(`{"PublicKeyList":[]}`))
		// The first three digests' signatures are in their successors.
		f.holds("bad 4 0")
	})
}

func TestAQuietRegionHasDigestsOnly(t *testing.T) {
	f := vouchedDay(t)
	f.digest(east, "10:00", "14:00")
	f.holds(on, east+" default 10:00:00 13:00:00 unknown start -", east+" hours 3 0", "status 2")
}

func TestAnUnsoundDigestIsNoPlace(t *testing.T) {
	f := newFolder(t)
	f.write(digestPrefix+"150000Z.json.gz", zip([]byte("{}")))
	f.holds("place", "status 2", "faulty altered "+digestPrefix+"150000Z.json.gz")
}

func plainOf(t *testing.T, f *folder, key string) []byte {
	t.Helper()
	file := named(f.dir + "/" + key)
	d, err := file.readDocument()
	if err != nil || d == nil {
		t.Fatalf("%s: %v %s", key, err, file.fault)
	}
	return d.plain
}
