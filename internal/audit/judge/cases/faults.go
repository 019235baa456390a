package cases

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// spoilJSON damages a log's text before it is delivered, so that its digest
// has the hash of the damaged text.
func (m *maker) spoilJSON(l *logFile) {
	at := m.IntN(len(l.plain)-20) + 10
	before, after := string(l.plain[:at]), string(l.plain[at:])
	kind, text := "", ""
	switch m.IntN(8) {
	case 0:
		kind, text = "breaks off", before
	case 1:
		kind, text = "end missing", string(bytes.TrimRight(l.plain, "]} \r\n\t"))
	case 2:
		kind, text = "bare word", strings.Replace(string(l.plain), `"AwsApiCall"`, `AwsApiCall`, 1)
	case 3:
		kind, text = "control character", before[:strings.LastIndex(before, `"`)+1]+"\x01"+after
	case 4:
		kind, text = "more behind", string(l.plain)+pick(m, "}", "x", "{}", ",")
	case 5:
		kind, text = "comma too many", strings.Replace(string(l.plain), "null", "null,", 1)
	case 6:
		kind, text = "no records", pick(m, "{}", "[]", "null", "1", `"x"`, `{"records":[]}`, `{"Records":{}}`, `{"Records":null}`, `{"a":{"Records":[]}}`)
	case 7:
		kind, text = "literal", strings.Replace(string(l.plain), "false", pick(m, "falze", "False", "01", "+1", "1.", "'x'", "\\"), 1)
	}
	l.spoiled = true
	l.plain = []byte(text)
	m.note("JSON of %s: %s", l.key, kind)
}

// spoilLogs does to some logs what happens to logs after their delivery.
func (m *maker) spoilLogs() {
	for range m.IntN(5) {
		if len(m.logs) == 0 {
			return
		}
		l := pick(m, m.logs...)
		if l.spoiled || l.nameless {
			continue
		}
		l.spoiled = true
		m.note("%s: %s", l.key, m.spoilLog(l))
	}
}

func (m *maker) spoilLog(l *logFile) string {
	content := bytes.Clone(m.files[m.at(l.key)])
	if !l.fragile && m.chance(40) {
		what, damaged := m.damage(l, content)
		m.store(l.key, damaged)
		return what
	}
	switch m.IntN(7) {
	case 0, 6:
		if !l.listed && m.logsOf(l.place) == 1 {
			return "nothing" // a record elsewhere would name a place of which no time is known
		}
		delete(m.files, m.at(l.key))
		return "gone"
	case 1:
		m.store(l.key, nil)
		return "empty"
	case 2:
		m.store(l.key, []byte(pick(m, "hello, hello, hello, hello", "\x00\x00\x00\x00\x00\x00\x00\x00", "PK\x03\x04 ......")))
		return "not gzip"
	case 3:
		altered := bytes.Replace(l.plain, []byte("aws-cli/2.15.0"), []byte("aws-cli/2.15.1"), 1)
		m.store(l.key, zip(append(altered, ' '), gzip.DefaultCompression))
		return "altered"
	case 4:
		if m.flat {
			return "nothing"
		}
		m.files["copy/"+l.key] = content
		return "copied"
	}
	half := m.IntN(len(l.plain))
	m.store(l.key, pick(m, l.plain, append(zip(l.plain[:half], gzip.BestSpeed), zip(l.plain[half:], gzip.BestCompression)...)))
	return "packed otherwise"
}

// damage damages a gzip file of which a part can be read.
func (m *maker) damage(l *logFile, content []byte) (what string, damaged []byte) {
	switch m.IntN(6) {
	case 0:
		return "breaks off", content[:20+m.IntN(len(content)-20)]
	case 1:
		return "checksum breaks off", content[:len(content)-1-m.IntN(8)]
	case 2:
		content[len(content)-1-m.IntN(8)] ^= byte(1 + m.IntN(255))
		return "checksum or length wrong", content
	case 3:
		at := 20 + m.IntN(len(content)-30)
		content[at] ^= byte(1 << m.IntN(8))
		return fmt.Sprintf("bit flipped in byte %d", at), content
	case 4:
		stored := zip(l.plain, gzip.NoCompression)
		at := 20 + m.IntN(len(stored)-30)
		stored[at] ^= byte(1 << m.IntN(8))
		return fmt.Sprintf("not compressed, bit flipped in byte %d", at), stored
	}
	return "more behind gzip", append(content, strings.Repeat("\xaa", 30)...)
}

// spoilDigests does the same to digests.
func (m *maker) spoilDigests() {
	keys := slices.Sorted(maps.Keys(m.digests))
	for range m.IntN(4) {
		if len(keys) == 0 {
			return
		}
		n := m.IntN(len(keys))
		key := keys[n]
		keys = slices.Delete(keys, n, n+1)
		m.note("%s: %s", key, m.spoilDigest(key))
	}
}

func (m *maker) spoilDigest(key string) string {
	d := m.digests[key]
	content := bytes.Clone(m.files[m.at(key)])
	switch m.IntN(8) {
	case 0, 1:
		delete(m.files, m.at(key))
		return "gone"
	case 2:
		m.store(key, nil)
		return "empty"
	case 3:
		m.store(key, content[:len(content)-9])
		return "breaks off"
	case 4:
		m.store(key, zip([]byte(pick(m, "{}", "[]", "no JSON", `{"Records":[]}`, `{"logFiles":[]}`)), gzip.BestSpeed))
		return "no digest"
	case 5:
		end, err := time.Parse("20060102T150405Z", key[len(key)-len("20060102T150405Z.json.gz"):len(key)-len(".json.gz")])
		if err != nil {
			return "nothing"
		}
		delete(m.files, m.at(key))
		m.store(strings.ReplaceAll(key, end.Format("20060102T150405Z"), end.Add(time.Minute).Format("20060102T150405Z")), content)
		return "under another name"
	case 6:
		if _, has := m.signatures[key]; !has {
			return "nothing"
		}
		m.signatures[key] = pick(m, strings.Repeat("0", len(d.Signature)), "no hex", d.Signature[2:]+"00")
		return "other signature"
	}
	if !m.checked { // the hash in the next digest would give it away, of which the contract says nothing
		return "nothing"
	}
	m.store(key, zip(append(bytes.Clone(d.Plain), '\n'), gzip.BestSpeed))
	return "altered"
}

// strangers adds files that are no part of a delivery.
func (m *maker) strangers() {
	if m.chance(25) && len(m.logs) > 0 {
		if l := pick(m, m.logs...); !l.nameless {
			planted := m.newLog(l.place, m.begin.Add(time.Duration(m.IntN(int(m.end.Sub(m.begin)/time.Second)))*time.Second))
			at := planted.t.Add(-time.Minute)
			planted.add(m.put(l.place, at, "PutAccountSettingDefault"), at, true)
			m.compose(planted)
			m.store(planted.key, m.compress(planted))
			m.note("planted: %s", planted.key)
		}
	}
	if m.flat {
		return
	}
	for name, content := range map[string]string{
		"AWSLogs/111122223333/CloudTrail-Insight/us-gov-west-1/2026/03/01/111122223333_CloudTrail-Insight_us-gov-west-1_20260301T1000Z_abc.json.gz": `{"Records":[]}`,
		"AWSLogs/111122223333/Config/us-gov-west-1/2026/3/1/ConfigSnapshot/111122223333_Config_us-gov-west-1_ConfigSnapshot_x.json.gz":              `{}`,
		"AWSLogs/111122223333/elasticloadbalancing/us-gov-west-1/x.log.gz":                                                                          "http",
		"AWSLogs/111122223333/vpcflowlogs/us-gov-west-1/x.log":                                                                                      "2 -",
		"README.md":   "# logs",
		".DS_Store":   "x",
		".state.json": `{"Records":[]}`,
		"notes.json":  `{"notes":[]}`,
	} {
		// A map's order is chance, so the files must not be: each has its own.
		if (len(name)+m.begin.Hour()+m.begin.Minute())%10 == 0 {
			m.files[name] = []byte(content)
		}
	}
}
