package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// statement is an in-toto statement with SLSA's predicate, version 1 of both. It is
// not signed: who builds a release signs it with what the organization trusts.
type statement struct {
	Type          string     `json:"_type"`
	Subject       []resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     predicate  `json:"predicate"`
}

type predicate struct {
	BuildDefinition struct {
		BuildType            string            `json:"buildType"`
		ExternalParameters   map[string]string `json:"externalParameters"`
		InternalParameters   map[string]string `json:"internalParameters"`
		ResolvedDependencies []resource        `json:"resolvedDependencies"`
	} `json:"buildDefinition"`
	RunDetails struct {
		Builder struct {
			ID string `json:"id"`
		} `json:"builder"`
	} `json:"runDetails"`
}

type resource struct {
	Name   string            `json:"name,omitempty"`
	URI    string            `json:"uri,omitempty"`
	Digest map[string]string `json:"digest,omitempty"`
}

// Until the project has an address these name what is meant, and lead nowhere.
const (
	builder   = "urn:fipsguard:make-release"
	buildType = builder + ":v1"
)

// writeProvenance states from what the files of a release were built. Times and the
// machine are left out, so that two who build the same can compare it.
func writeProvenance(file, version string, subjects []sum, programs []artifact) error {
	s := statement{Type: "https://in-toto.io/Statement/v1", PredicateType: "https://slsa.dev/provenance/v1"}
	for _, of := range subjects {
		s.Subject = append(s.Subject, resource{Name: of.name, Digest: map[string]string{"sha256": of.sha256}})
	}
	first := programs[0].about // all are built alike
	build := &s.Predicate.BuildDefinition
	build.BuildType = buildType
	build.ExternalParameters = map[string]string{"command": "make release", "version": version}
	build.InternalParameters = map[string]string{"go": first.GoVersion, "GOFIPS140": settingsOf(first)["GOFIPS140"]}
	var err error
	if build.ResolvedDependencies, err = sources(programs); err != nil {
		return err
	}
	s.Predicate.RunDetails.Builder.ID = builder
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// sources are the modules in the programs, with the sums that go.sum has, in
// in-toto's notation.
func sources(programs []artifact) ([]resource, error) {
	all := map[string]resource{}
	for _, p := range programs {
		for _, m := range p.about.Deps {
			m = taken(m)
			sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
			if err != nil {
				return nil, fmt.Errorf("sum of %s: %w", m.Path, err)
			}
			uri := packageURL(m.Path, m.Version)
			all[uri] = resource{URI: uri, Digest: map[string]string{"dirHash": hex.EncodeToString(sum)}}
		}
	}
	var list []resource
	for _, uri := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[uri])
	}
	return list, nil
}
