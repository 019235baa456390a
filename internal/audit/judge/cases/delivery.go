package cases

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"path"
	"time"

	"fipsguard/internal/audit/judge/chain"
)

// logFile is a log file in the making.
type logFile struct {
	place
	t         time.Time // the minute in its name
	delivered time.Time
	key       string // in the bucket
	nameless  bool   // a log without T
	records   []object
	oldest    time.Time // of its events
	newest    time.Time
	plain     []byte

	listed bool
	// fragile: it has a record for which the contract does not say what
	// becomes of it in a damaged file.
	fragile bool
	spoiled bool
}

func (m *maker) newLog(p place, delivered time.Time) *logFile {
	t := delivered.Truncate(time.Minute)
	name := fmt.Sprintf("%s_CloudTrail_%s_%s_%016x", p.account, p.region, t.Format("20060102T1504Z"), m.Uint64())
	return &logFile{place: p, t: t, delivered: delivered, key: fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s.json.gz", p.account, p.region, t.Format("2006/01/02"), name)}
}

func (l *logFile) add(r object, at time.Time, certain bool) {
	if len(l.records) == 0 || at.Before(l.oldest) {
		l.oldest = at
	}
	if len(l.records) == 0 || at.After(l.newest) {
		l.newest = at
	}
	l.records = append(l.records, r)
	l.fragile = l.fragile || !certain && (at.Before(l.t.Add(-time.Hour)) || !at.Before(l.t.Add(time.Minute)))
}

// events makes logs and their records.
func (m *maker) events() {
	for _, p := range m.places {
		if len(p.trails) > 0 && m.chance(10) {
			continue // a quiet Region: digests only
		}
		for range m.IntN(10) + 1 {
			l := m.newLog(p, m.begin.Add(time.Duration(m.IntN(int(m.end.Sub(m.begin)/time.Second)))*time.Second))
			m.logs = append(m.logs, l)
			for range m.IntN(3) + 1 {
				at := l.t.Add(-time.Duration(m.IntN(2400)) * time.Second)
				l.add(m.noise(p, at), at, false)
			}
		}
	}
	if m.calm {
		m.calmEvents()
		return
	}
	if m.chance(15) {
		m.logs = append(m.logs, &logFile{nameless: true, key: pick(m, "extra/records.json", "extra/records.json.gz", "records.json")})
	}
	if len(m.logs) == 0 {
		return
	}
	for range m.IntN(24) + 1 {
		m.event()
	}
}

// calmEvents turn the default on in each place, and only launch tasks after.
func (m *maker) calmEvents() {
	for _, p := range m.places {
		if m.logsOf(p) == 0 {
			continue
		}
		l := m.logFor(p, m.begin)
		at := l.t.Add(-time.Duration(m.IntN(3600)) * time.Second)
		r := m.put(p, at, "PutAccountSettingDefault")
		r["requestParameters"], r["responseElements"] = object{"name": "fargateFIPSMode", "value": "enabled"}, nil
		l.add(r, at, true)
		m.moments = append(m.moments, at)
		for range m.IntN(4) {
			at := m.moment()
			m.logFor(p, at).add(m.odd(m.launch(p, at)), at, false)
		}
	}
}

// event makes one record of interest, and puts it into a log, or two.
func (m *maker) event() {
	p, at := pick(m, m.places...), m.moment()
	l := m.logFor(p, at)
	kind := m.IntN(100)
	certain, named := false, l.place.account == p.account && l.place.region == p.region
	var r object
	switch {
	case kind < 50:
		r, certain = m.odd(m.setting(p, at)), true
		if m.chance(12) {
			m.logFor(p, at).add(m.contradict(r), at, true)
		}
	case kind < 57:
		r, certain = m.omitted(p, at), true
	case kind < 66:
		r = m.ignored(p, at)
	case kind < 90 || !named:
		r = m.odd(m.launch(p, at))
		l.fragile = l.fragile || !named
		if !named && m.logsOf(p) == 0 {
			return // a place of which no time is known
		}
	default:
		l.fragile = true
		trail := pick(m, "main", "main", "org_trail-1", "other")
		r, at = m.switching(p, at, trail)
		if m.chance(60) {
			later, then := m.switching(p, at.Add(time.Duration(m.IntN(5000))*time.Second), trail)
			l.add(later, then, false)
		}
	}
	twice := m.chance(12)
	if named && !twice && m.chance(15) {
		delete(r, "awsRegion")
	}
	if identity, is := r["userIdentity"].(object); is && named && !twice && m.chance(15) {
		delete(r, "recipientAccountId")
		if m.chance(50) {
			delete(identity, "accountId")
		}
		if id, has := identity["accountId"]; has && id != p.account {
			delete(identity, "accountId")
		}
	}
	if identity, is := r["userIdentity"].(object); is && !named && identity["accountId"] == p.account && m.chance(30) {
		delete(r, "recipientAccountId")
	}
	l.add(r, at, certain)
	if !named {
		m.note("a record of %s %s in %s", p.account, p.region, l.key)
	}
	if twice {
		again := m.logFor(p, at)
		again.add(r, at, false)
		l.fragile, again.fragile = true, true
		m.note("a record twice: %v", r["eventID"])
	}
}

// logFor returns a log for a record: mostly of its place, not long after it.
func (m *maker) logFor(p place, at time.Time) *logFile {
	var own, soon []*logFile
	for _, l := range m.logs {
		if l.account == p.account && l.region == p.region {
			own = append(own, l)
			if !l.t.Before(at) && l.t.Before(at.Add(time.Hour)) {
				soon = append(soon, l)
			}
		}
	}
	switch {
	case len(soon) > 0 && m.chance(80):
		return pick(m, soon...)
	case len(own) > 0 && m.chance(80):
		return pick(m, own...)
	}
	return pick(m, m.logs...)
}

func (m *maker) logsOf(p place) int {
	n := 0
	for _, l := range m.logs {
		if l.account == p.account && l.region == p.region {
			n++
		}
	}
	return n
}

// deliver writes the logs.
func (m *maker) deliver() {
	for _, l := range m.logs {
		m.compose(l)
		if m.chance(4) && !m.calm && !l.fragile && !l.nameless {
			m.spoilJSON(l)
		}
		m.store(l.key, m.compress(l))
	}
}

// compose makes a log's plain text.
func (m *maker) compose(l *logFile) {
	m.Shuffle(len(l.records), func(i, j int) { l.records[i], l.records[j] = l.records[j], l.records[i] })
	s := m.style()
	document := object{"Records": l.records}
	if m.chance(5) && len(m.places) > 0 {
		document["Other"] = object{"Records": []any{m.setting(m.places[0], m.begin), 1, "]"}}
	}
	text := s.render(document)
	if m.chance(8) {
		text = "\xef\xbb\xbf" + text
	}
	if m.chance(20) {
		text += "\n"
	}
	l.plain = []byte(text)
}

// compress returns a log as it lies on the disk: gzip in one of its ways, or
// for .json, and now and then for .gz, the text itself.
func (m *maker) compress(l *logFile) []byte {
	if path.Ext(l.key) == ".json" {
		return l.plain
	}
	return zip(l.plain, pick(m, gzip.DefaultCompression, gzip.BestSpeed, gzip.NoCompression, gzip.HuffmanOnly))
}

func zip(plain []byte, level int) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, level)
	_, _ = w.Write(plain) // into memory
	_ = w.Close()
	return out.Bytes()
}

// store stores a file under its key, or in a flat folder.
func (m *maker) store(key string, content []byte) { m.files[m.at(key)] = content }

func (m *maker) at(key string) string {
	if m.flat {
		return path.Base(key)
	}
	return key
}

// sign makes the digests of each place and trail, hour by hour.
func (m *maker) sign() error {
	m.checked = m.chance(75)
	all, some := m.chance(50), m.chance(50)
	for _, p := range m.places {
		for n, trail := range p.trails {
			if p.region == elsewhere {
				continue
			}
			if err := m.signTrail(p, n, trail, all, some); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *maker) signTrail(p place, n int, trail string, all, some bool) error {
	c := chain.Chain{Account: p.account, Region: p.region, Trail: trail, Home: west, Bucket: "logs", Key: m.keys[0]}
	start := m.begin.Add(-time.Duration(m.IntN(7200)) * time.Second)
	if m.chance(40) {
		start = start.Truncate(time.Hour)
	}
	for start.Before(m.end) || m.chance(30) {
		end := start.Add(time.Hour)
		if m.chance(3) {
			c.Key = m.keys[1]
		}
		var logs []chain.LogFile
		for _, l := range m.logs {
			ours := !l.nameless && l.account == p.account && l.region == p.region && int(l.t.Unix()/60)%len(p.trails) == n
			if ours && !l.delivered.Before(start) && l.delivered.Before(end) {
				logs = append(logs, chain.LogFile{Key: l.key, Hash: chain.Hash(l.plain), Oldest: l.oldest, Newest: l.newest})
				l.listed = true
			}
		}
		d, err := c.Next(start, end, logs)
		if err != nil {
			return err
		}
		m.digests[d.Key] = d
		if all || some && m.chance(50) {
			m.signatures[d.Key] = d.Signature
		}
		m.store(d.Key, zip(d.Plain, gzip.DefaultCompression))
		start = end
	}
	return nil
}
