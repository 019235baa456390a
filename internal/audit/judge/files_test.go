package judge

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"
)

func TestWhatAFileIs(t *testing.T) {
	const name = accountA + "_CloudTrail_us-gov-west-1_20260301T1000Z_x"
	read, skipped := []string{"files 1 0", "faulty"}, []string{"files 0 1", "faulty"}
	for path, want := range map[string][]string{
		"AWSLogs/a/" + name + ".json.gz": read,
		"AWSLogs/a/" + name + ".json":    read,
		name + ".json.gz":                read,
		"records.json":                   read,
		"some/folder/records.json.gz":    read,
		"AWSLogs/a/records.json.gz":      skipped,
		"AWSLogs/a/" + accountA + "_CloudTrail-Insight_us-gov-west-1_20260301T1000Z_x.json.gz": skipped,
		"AWSLogs/a/" + accountA + "_Config_us-gov-west-1_ConfigSnapshot_x.json.gz":             skipped,
		"AWSLogs/a/" + accountA + "_elasticloadbalancing_x.log.gz":                             skipped,
		"records.log.gz": skipped,
		"README":         skipped,
		".records.json":  skipped,
		"AWSLogs/a/1122_CloudTrail_us-gov-west-1_20260301T1000Z_x.json.gz": skipped,
		"AWSLogs/a/." + name + ".json.gz":                                  skipped,
	} {
		t.Run(path, func(t *testing.T) {
			f := newFolder(t)
			content := []byte(`{"Records":[]}`)
			if strings.HasSuffix(path, ".gz") {
				content = zip(content)
			}
			f.write(path, content)
			f.holds(want...)
		})
	}
}

func TestNothingFound(t *testing.T) {
	f := newFolder(t)
	f.holds("status 2", "place", "files 0 0", "size 0 0")
}

// TestFaultsOfContent replaces the log of 12:00. The default is on before, and
// again from 12:30.
func TestFaultsOfContent(t *testing.T) {
	inside := set("in", "11:55", "on")
	good := plainLog(t, inside, set("out", "10:30", "on"), set("last", "11:57", "on"))
	two := good[:bytes.Index(good, []byte(`"last"`))] // breaks off in the third record
	hole := []string{"default 10:00:00 11:00:00 on set 1", "default 11:00:00 12:30:00 unknown gap -", "default 12:30:00 13:00:00 on set 2", "status 2"}
	partly := []string{
		"default 10:00:00 10:30:01 on set 1", "default 10:30:01 11:55:00 unknown gap -", "default 11:55:00 11:55:01 on set in",
		"default 11:55:01 12:30:00 unknown gap -", "default 12:30:00 13:00:00 on set 2", "status 2",
	}
	all := []string{
		"default 10:00:00 10:30:01 on set 1", "default 10:30:01 11:55:00 unknown gap -", "default 11:55:00 11:55:01 on set in",
		"default 11:55:01 11:57:00 unknown gap -", "default 11:57:00 11:57:01 on set last",
		"default 11:57:01 12:30:00 unknown gap -", "default 12:30:00 13:00:00 on set 2", "status 2",
	}
	whole := []string{"default 10:00:00 13:00:00 on set 1", "status 0", "faulty", "files 4 0"}
	zipped := zip(good)
	damaged := bytes.Clone(zipped)
	damaged[len(damaged)-6] ^= 1 // its checksum
	var mute bytes.Buffer
	w, _ := gzip.NewWriterLevel(&mute, gzip.NoCompression)
	_, _ = w.Write(good)
	_ = w.Close()
	flipped := bytes.Replace(mute.Bytes(), []byte(`"last"`), []byte(`"la"t"`), 1)
	var indented bytes.Buffer
	if err := json.Indent(&indented, good, "\r\n", " \t"); err != nil {
		t.Fatal(err)
	}
	escaped := bytes.ReplaceAll(bytes.ReplaceAll(good, []byte("eventName"), []byte(`\u0065vent\u004eame`)), []byte("Records"), []byte(`R\u0065cords`))

	for name, c := range map[string]struct {
		content []byte
		fault   string
		want    []string
	}{
		"no bytes":                              {nil, "empty", hole},
		"text for gzip":                         {[]byte("hello, hello, hello"), "not-gzip", hole},
		"JSON for gzip":                         {good, "", whole},
		"gzip's header breaks off":              {zipped[:5], "truncated", hole},
		"gzip's checksum breaks off":            {zipped[:len(zipped)-5], "truncated", all},
		"gzip breaks off, not compressed":       {mute.Bytes()[:bytes.Index(mute.Bytes(), []byte(`"last"`))], "truncated", partly},
		"gzip's checksum is wrong":              {damaged, "corrupt", all},
		"gzip with other bytes, not compressed": {flipped, "corrupt", partly},
		"more behind gzip":                      {append(bytes.Clone(zipped), strings.Repeat("x", 30)...), "corrupt", all},
		"JSON breaks off":                       {zip(two), "truncated", partly},
		"JSON's end is missing":                 {zip(good[:len(good)-1]), "truncated", all},
		"no text at all":                        {zip(nil), "truncated", hole},
		"a bare word in JSON":                   {zip(bytes.Replace(good, []byte(`"last"`), []byte(`last`), 1)), "corrupt", partly},
		"a control character in a text":         {zip(bytes.Replace(good, []byte(`"last"`), []byte("\"la\nst\""), 1)), "corrupt", partly},
		"an escape that is none":                {zip(bytes.Replace(good, []byte(`"last"`), []byte(`"la\xst"`), 1)), "corrupt", partly},
		"more behind JSON":                      {zip(append(bytes.Clone(good), '}')), "corrupt", all},
		"a comma too many":                      {zip(bytes.Replace(good, []byte(`]}`), []byte(`,]}`), 1)), "corrupt", all},
		"other JSON":                            {zip([]byte(`{"records":[]}`)), "no-records", hole},
		"a list":                                {zip([]byte(`[{"Records":[]}]`)), "no-records", hole},
		"Records is no list":                    {zip([]byte(`{"Records":{}}`)), "no-records", hole},
		"a byte order mark":                     {zip(append([]byte("\xef\xbb\xbf"), good...)), "", whole},
		"white space":                           {zip(indented.Bytes()), "", whole},
		"not UTF-8 in a text":                   {zip(bytes.Replace(good, []byte("jane"), []byte("j\xffne"), 1)), "", whole},
		"a number of any size":                  {zip(bytes.Replace(good, []byte(`"readOnly":false`), []byte(`"readOnly":1e999`), 1)), "", whole},
		"two gzip members":                      {append(zip(good[:100]), zip(good[100:])...), "", whole},
		"escapes, in member names, too":         {zip(escaped), "", whole},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.log("10:00", set("1", "10:00", "on"))
			f.log("13:30", set("2", "12:30", "on"))
			f.log("14:00")
			f.write(logKey(west, "12:00"), c.content)
			want := c.want
			if c.fault != "" {
				want = append([]string{"faulty " + c.fault + " " + logKey(west, "12:00"), "bad 0 0", "files 3 0"}, c.want...)
			}
			f.holds(want...)
		})
	}
}

func TestALaunchInADamagedFileCounts(t *testing.T) {
	f := quiet(t)
	f.log("10:30", set("1", "10:00", "off"))
	zipped := zip(plainLog(t, runTask("2", "11:30", object{})))
	f.write(logKey(west, "12:01"), zipped[:len(zipped)-4])
	f.holds("launches 0", "default 10:00:00 11:01:00 off set 1", "default 11:01:00 13:00:00 unknown gap -")
	f.log("10:31", set("3", "11:30", "off"))
	f.holds("launches 1")
}

func TestAFaultyLogsHoleEndsOneMinuteBehindItsT(t *testing.T) {
	f := quiet(t)
	f.write(logKey(west, "12:00"), nil)
	f.log("10:31", set("5", "12:30", "on"))
	f.log("10:30", set("1", "10:00", "on"), set("2", "12:00:59", "on"))
	f.holds("default 10:00:00 11:00:00 on set 1", "default 11:00:00 12:00:59 unknown gap -", "default 12:00:59 12:01:00 on set 2",
		"default 12:01:00 12:30:00 unknown gap -", "default 12:30:00 13:00:00 on set 5")
}

func TestAFaultyLogWithoutTHasNoHole(t *testing.T) {
	f := quiet(t)
	f.log("10:30", set("1", "10:00", "on"))
	f.write("notes.json", []byte("{}"))
	f.holds(on, "faulty no-records notes.json", "status 2")
}

func TestAFaultyLogsTCounts(t *testing.T) {
	f := newFolder(t)
	f.log("10:00", set("1", "10:00", "on"))
	f.write(logKey(west, "15:00"), nil)
	f.holds("place 10:00:00 14:00:00", "default 10:00:00 14:00:00 on set 1")
}

func TestARecordOfAnotherPlaceInADamagedFile(t *testing.T) {
	f := quiet(t)
	f.write(logKey(east, "10:00"), zip(plainLog(t)))
	f.write(logKey(east, "14:00"), zip(plainLog(t)))
	zipped := zip(plainLog(t, with(set("1", "12:00", "on"), "awsRegion", east)))
	f.log("13:30", set("2", "10:00", "on"))
	f.write(logKey(west, "12:00"), zipped[:len(zipped)-4])
	// The file is of us-gov-west-1, and so is its hole; its record is not.
	f.holds("default 10:00:00 11:00:00 on set 2", "default 11:00:00 13:00:00 unknown gap -",
		east+" default 10:00:00 12:00:00 unknown start -", east+" default 12:00:00 12:00:01 on set 1", east+" default 12:00:01 13:00:00 unknown gap -")
}
