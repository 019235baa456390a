package folder

import (
	"bytes"
	"fmt"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/evidence/format"
	"fipsguard/internal/evidence/seal"
)

// Options say what a folder is held against.
type Options struct {
	Keys []seal.Key // that may have signed
	Tool evidence.Tool
	// Part says that the folder holds a part of the reports: what comes before
	// its first and after its last one is not asked for.
	Part  bool
	Kinds []Kind // other reports that may be in the folder
}

// Result is what verifying a folder found.
type Result struct {
	Schema  string  `json:"schema"`
	Whole   bool    `json:"whole"` // nothing is wrong
	Reports int     `json:"reports"`
	Signed  int     `json:"signed"` // of them
	Drills  int     `json:"drills"` // reports of drills that are signed
	Chains  []Chain `json:"chains"`
	Gaps    []Gap   `json:"gaps"` // missing reports; each is a fault, too
	Faults  []Fault `json:"faults"`
	Notes   []Fault `json:"notes"` // what somebody may want to know, and nothing is wrong with
}

const resultSchema = "fipsguard.evidence-verification/v1"

// Chain is reports of which each names the one before it.
type Chain struct {
	Account string    `json:"account"`
	Region  string    `json:"region"`
	Key     string    `json:"key"`         // ARN, as the reports say
	Public  string    `json:"fingerprint"` // SHA-256 of the public key that verified them
	Begins  string    `json:"begins"`      // why, in the words of its first report; empty when that is not in the folder
	First   string    `json:"first"`       // IDs
	Last    string    `json:"last"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	Reports int       `json:"reports"`
	Longest string    `json:"longestPause"` // between two of its reports
}

// Gap is a place where reports are missing.
type Gap struct {
	After   string `json:"after"`   // ID of the report before it; empty when the folder begins with the gap
	Before  string `json:"before"`  // ID of the report after it
	Reports int    `json:"reports"` // that are missing
	Lasted  string `json:"lasted"`  // from the end of the one before to the start of the one after
}

// Fault is what is wrong with a file.
type Fault struct {
	File string `json:"file"`
	What string `json:"what"`
}

// link is a signed report as the chain knows it.
type link struct {
	report
	document evidence.Document // without what it found
	digest   string
	key      seal.Key
}

// verification is one under way.
type verification struct {
	Options
	files   Files
	present map[string]bool // reports of which a file is there, by ID
	result  *Result
}

// Verify verifies a folder. An error means that something could not be read, so
// that the result says nothing.
func Verify(files Files, o Options) (Result, error) {
	names, err := files.Names()
	if err != nil {
		return Result{}, err
	}
	s := sort(names, o.Kinds)
	present := map[string]bool{}
	for _, r := range s.reports {
		present[r.id] = true
	}
	v := verification{o, files, present, &Result{
		Schema: resultSchema, Reports: len(s.reports), Chains: []Chain{}, Gaps: []Gap{}, Faults: []Fault{}, Notes: []Fault{},
	}}
	for _, name := range s.twice {
		v.fault(name, "the report is in the folder twice")
	}
	for _, name := range s.others {
		v.note(name, "it is no file of a report; it was not looked into")
	}
	heads, err := v.heads(s.states)
	if err != nil {
		return Result{}, err
	}
	var links []link
	for _, r := range s.reports {
		l, ok, err := v.open(r)
		if err != nil {
			return Result{}, err
		}
		if ok {
			links = append(links, l)
		}
	}
	v.result.Signed = len(links)
	v.chains(links, heads)
	if err := v.others(s.kinds); err != nil {
		return Result{}, err
	}
	if len(s.reports)+len(s.kinds) == 0 {
		v.fault(".", "there are no reports")
	}
	v.result.Whole = len(v.result.Faults) == 0
	return *v.result, nil
}

func (v verification) fault(file, what string) {
	v.result.Faults = append(v.result.Faults, Fault{file, what})
}

func (v verification) note(file, what string) {
	v.result.Notes = append(v.result.Notes, Fault{file, what})
}

// open opens a report's envelope and holds the report's other files against it.
func (v verification) open(r report) (link, bool, error) {
	name, there := r.files[signed]
	if !there {
		v.fault(r.name(signed), "it is missing: the report is not signed")
		return link{}, false, nil
	}
	data, err := v.files.Read(name)
	if err != nil {
		return link{}, false, err
	}
	envelope, key, why := v.unseal(data, evidence.PayloadType)
	if why != nil {
		v.fault(name, why.Error())
		return link{}, false, nil
	}
	d, err := evidence.Read(bytes.NewReader(envelope.Payload))
	switch {
	case err != nil:
		v.fault(name, err.Error())
		return link{}, false, nil
	case d.ID != r.id:
		v.fault(name, "it is the report "+d.ID)
		return link{}, false, nil
	case d.Chain.Key != envelope.Signatures[0].KeyID:
		v.fault(name, "its envelope names another key than the report: "+envelope.Signatures[0].KeyID)
	}
	if err := v.formats(r, d, envelope.Payload); err != nil {
		return link{}, false, err
	}
	d.Tasks, d.Timelines = nil, nil // thousands of reports are kept
	return link{r, d, d.SHA256, key}, true, nil
}

// unseal opens an envelope that is byte for byte as it was written.
func (v verification) unseal(data []byte, payloadType string) (seal.Envelope, seal.Key, error) {
	envelope, err := seal.Parse(data)
	if err != nil {
		return seal.Envelope{}, seal.Key{}, err
	}
	key, err := envelope.Open(payloadType, v.Keys...)
	if err != nil {
		return seal.Envelope{}, seal.Key{}, err
	}
	written, err := envelope.Bytes()
	if err == nil && (len(envelope.Signatures) != 1 || !bytes.Equal(written, data)) {
		err = fmt.Errorf("its envelope was changed, though what it holds was not")
	}
	return envelope, key, err
}

// formats holds the payload and each format against what was signed.
func (v verification) formats(r report, d evidence.Document, content []byte) error {
	if err := v.compare(r, payload, content, true); err != nil {
		return err
	}
	for _, f := range format.Derived() {
		var made bytes.Buffer
		if err := f.Write(&made, d); err != nil {
			v.fault(r.name(f.Ending), "it cannot be made anew: "+err.Error())
			continue
		}
		if err := v.compare(r, f.Ending, made.Bytes(), d.Tool.Version == v.Tool.Version && d.Tool.Source == v.Tool.Source); err != nil {
			return err
		}
	}
	return nil
}

// compare compares a file with what it has to be. Another version of the program
// may have made it otherwise.
func (v verification) compare(r report, ending string, want []byte, same bool) error {
	name, there := r.files[ending]
	if !there {
		v.fault(r.name(ending), "it is missing")
		return nil
	}
	got, err := v.files.Read(name)
	switch {
	case err != nil:
		return err
	case bytes.Equal(got, want):
	case same:
		v.fault(name, "it is not what the signed report makes")
	default:
		v.note(name, "it was made by another version of the program and not compared; make it anew with fipsguard evidence render")
	}
	return nil
}

// Documents calls each for every report of a folder that one of the keys signed,
// the oldest first, or, without keys, for every one that there is an envelope of.
// What it leaves out is returned.
func Documents(files Files, keys []seal.Key, each func(evidence.Document)) (left []Fault, err error) {
	names, err := files.Names()
	if err != nil {
		return nil, err
	}
	for _, r := range sort(names, nil).reports {
		name, there := r.files[signed]
		if !there {
			left = append(left, Fault{r.name(signed), "it is missing: the report is not signed"})
			continue
		}
		data, err := files.Read(name)
		if err != nil {
			return nil, err
		}
		d, err := Open(data, keys)
		if err == nil && d.ID != r.id {
			err = fmt.Errorf("it is the report %s", d.ID)
		}
		if err != nil {
			left = append(left, Fault{name, err.Error()})
			continue
		}
		each(d)
	}
	return left, nil
}

// Open reads the report in an envelope that one of the keys signed, or, without
// keys, whatever is in it.
func Open(envelope []byte, keys []seal.Key) (evidence.Document, error) {
	e, err := seal.Parse(envelope)
	if err == nil && len(keys) > 0 {
		_, err = e.Open(evidence.PayloadType, keys...)
	}
	if err != nil {
		return evidence.Document{}, err
	}
	return evidence.Read(bytes.NewReader(e.Payload))
}
