package folder

import (
	"encoding/json"
	"fmt"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/grammar"
)

// stateType is what the signature of a verifier's state says that it is.
const stateType = "application/vnd.fipsguard.state+json"

// head is what a verifier's state says of its reports: which one is the last.
type head struct {
	Latest  *evidence.Predecessor `json:"latest"`
	Keeping *evidence.Predecessor `json:"keeping"`
	name    string
}

// heads are those of verifiers, by account and Region.
func (v verification) heads(names []string) (map[string]head, error) {
	all := map[string]head{}
	for _, name := range names {
		data, err := v.files.Read(name)
		if err != nil {
			return nil, err
		}
		envelope, _, why := v.unseal(data, stateType)
		if why != nil {
			v.fault(name, "the verifier's state: "+why.Error())
			continue
		}
		h := head{name: name}
		if err := json.Unmarshal(envelope.Payload, &h); err != nil {
			v.fault(name, "the verifier's state: "+err.Error())
			continue
		}
		for _, of := range []*evidence.Predecessor{h.Latest, h.Keeping} {
			if of != nil && reportName.MatchString(of.ID+payload) {
				all[group(of.ID)] = h
			}
		}
	}
	return all, nil
}

// chains follows the reports of each account and Region, the oldest first.
func (v verification) chains(links []link, heads map[string]head) {
	for begin := 0; begin < len(links); {
		end := begin
		for end < len(links) && group(links[end].id) == group(links[begin].id) {
			end++
		}
		v.follow(links[begin:end], heads)
		begin = end
	}
	for of, h := range heads {
		if h.Latest != nil && !anyOf(links, of) && !v.Part {
			v.fault(h.name, "no report of "+of+" that it knows is in the folder")
		}
	}
}

func anyOf(links []link, of string) bool {
	for _, l := range links {
		if group(l.id) == of && l.document.Chain.Number > 0 {
			return true
		}
	}
	return false
}

// follow follows the reports of one account and Region.
func (v verification) follow(links []link, heads map[string]head) {
	at := map[string]link{}
	followed := map[string]string{} // the report that names one as its predecessor, by its ID
	var last *link
	var open *Chain
	for i, l := range links {
		at[l.id] = l
		c := l.document.Chain
		if c.Number == 0 {
			v.note(l.name(signed), "a person's command made it; it stands by itself")
			continue
		}
		before := l.document.Predecessor
		switch {
		case before == nil && c.Number == 1 && c.Begins != "":
			if last != nil {
				v.note(l.name(signed), "a new chain begins: "+c.Begins)
			}
			open = v.begin(l, c.Begins)
		case before == nil || c.Number == 1:
			v.fault(l.name(signed), "it names no predecessor, and does not say why")
			open = v.begin(l, "")
		default:
			open = v.link(l, last, at, followed, open)
		}
		last = &links[i]
	}
	if last != nil {
		v.end(*last, at, heads)
	}
}

// begin begins a chain with a report.
func (v verification) begin(l link, why string) *Chain {
	d := l.document
	v.result.Chains = append(v.result.Chains, Chain{
		Account: d.Account, Region: d.Region, Key: d.Chain.Key, Public: l.key.Fingerprint(), Begins: why,
		First: l.id, Last: l.id, From: d.Started, Until: d.Finished, Reports: 1, Longest: "0s",
	})
	return &v.result.Chains[len(v.result.Chains)-1]
}

// link adds a report to the chain of the one that it names.
func (v verification) link(l link, last *link, at map[string]link, followed map[string]string, open *Chain) *Chain {
	d := l.document
	before, there := at[d.Predecessor.ID]
	if !there {
		v.gap(l, last)
		return v.begin(l, "")
	}
	switch other, twice := followed[before.id]; {
	case before.digest != d.Predecessor.SHA256:
		v.fault(before.name(signed), "it is not the report that "+l.id+" names as its predecessor: the SHA-256 differs")
	case before.document.Chain.Number+1 != d.Chain.Number:
		v.fault(l.name(signed), fmt.Sprintf("it is number %d, and follows number %d", d.Chain.Number, before.document.Chain.Number))
	case before.key.Fingerprint() != l.key.Fingerprint():
		v.fault(l.name(signed), "another key signed it than its predecessor, in the same chain")
	case twice:
		v.note(l.name(signed), "it follows the same report as "+other)
	}
	followed[before.id] = l.id
	if open == nil || open.Last != before.id {
		return v.begin(l, "")
	}
	pause := d.Started.Sub(open.Until).Round(time.Second)
	if longest, err := time.ParseDuration(open.Longest); err == nil && pause > longest {
		open.Longest = pause.String()
	}
	open.Last, open.Until = l.id, d.Finished
	open.Reports++
	return open
}

// gap notes that a report's predecessor is missing.
func (v verification) gap(l link, last *link) {
	d := l.document
	gap := Gap{Before: l.id, Reports: d.Chain.Number - 1}
	missing := report{d.Predecessor.ID, nil}.name(signed)
	if v.present[d.Predecessor.ID] {
		return // it is there, and what is wrong with it was said
	}
	if last == nil {
		if !v.Part {
			v.result.Gaps = append(v.result.Gaps, gap)
			v.fault(missing, fmt.Sprintf("it is missing, with %s before %s in all: the folder does not begin with the first report", grammar.Count(gap.Reports, "report"), l.id))
		}
		return
	}
	gap.After = last.id
	lasted := d.Started.Sub(last.document.Finished).Round(time.Second)
	gap.Lasted = lasted.String()
	if same := last.key.Fingerprint() == l.key.Fingerprint() && last.document.Chain.Number < d.Chain.Number; same {
		gap.Reports = d.Chain.Number - last.document.Chain.Number - 1
	}
	v.result.Gaps = append(v.result.Gaps, gap)
	lost := "reports, nobody knows how many,"
	if gap.Reports > 0 {
		lost = grammar.Count(gap.Reports, "report")
	}
	v.fault(missing, fmt.Sprintf("it is missing: %s between %s and %s, which is %s", lost, last.id, l.id, lasted))
}

// end holds the last report against the verifier's state, which knows it.
func (v verification) end(last link, at map[string]link, heads map[string]head) {
	h, there := heads[group(last.id)]
	switch {
	case there && h.Keeping != nil && h.Keeping.ID == last.id && h.Keeping.SHA256 == last.digest:
	case there && h.Latest != nil && h.Latest.ID == last.id && h.Latest.SHA256 == last.digest:
	case !there && v.Part:
		v.note(last.name(signed), "the verifier's state is not in the folder, which says which report is the last one; this one is of "+last.document.Finished.Format(time.RFC3339))
	case !there:
		v.fault("state/"+last.document.Account+"/"+last.document.Region+signed, "it is missing: the verifier's state says which report is the last one")
	case h.Latest == nil:
		v.fault(h.name, "the verifier's state knows no report")
	case h.Latest.ID == last.id:
		v.fault(last.name(signed), "it is another report than the one that the verifier's state names")
	default:
		if _, kept := at[h.Latest.ID]; kept {
			v.fault(h.name, "the verifier's state is older than the reports: its last one is "+h.Latest.ID)
			return
		}
		if !v.Part {
			v.fault(report{h.Latest.ID, nil}.name(signed), "it is missing: the verifier's state names it as the last report")
		}
	}
}
