package main

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// writeSBOM writes which modules are in which file of a release, as CycloneDX. It
// says what Go put into the programs, and has neither a time nor a serial number.
func writeSBOM(file, version string, programs []artifact) (err error) {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	return cdx.NewBOMEncoder(out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom(version, programs), cdx.SpecVersion1_6)
}

func bom(version string, programs []artifact) *cdx.BOM {
	modules := map[string]cdx.Component{}
	var components []cdx.Component
	var depends []cdx.Dependency
	var files []string
	for _, p := range programs {
		name := filepath.Base(p.file)
		files = append(files, name)
		components = append(components, cdx.Component{
			BOMRef: name, Type: cdx.ComponentTypeFile, Name: name,
			Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: p.sha256}},
		})
		var in []string
		for _, m := range modulesOf(p) {
			modules[m.BOMRef] = m
			in = append(in, m.BOMRef)
		}
		slices.Sort(in)
		depends = append(depends, cdx.Dependency{Ref: name, Dependencies: &in})
	}
	for _, ref := range slices.Sorted(maps.Keys(modules)) {
		components = append(components, modules[ref])
	}
	all := cdx.NewBOM()
	all.Metadata = &cdx.Metadata{Component: &cdx.Component{BOMRef: "fipsguard", Type: cdx.ComponentTypeApplication, Name: "fipsguard", Version: version}}
	depends = append(depends, cdx.Dependency{Ref: "fipsguard", Dependencies: &files})
	all.Components, all.Dependencies = &components, &depends
	return all
}

// modulesOf are the modules in a program, the standard library and the validated
// cryptographic module among them.
func modulesOf(p artifact) []cdx.Component {
	list := []cdx.Component{
		component("std", strings.TrimPrefix(p.about.GoVersion, "go"), "The Go standard library"),
		component("crypto/internal/fips140", settingsOf(p.about)["GOFIPS140"], "The Go Cryptographic Module, and the sum of its source"),
	}
	for _, m := range p.about.Deps {
		list = append(list, component(taken(m).Path, taken(m).Version, ""))
	}
	return list
}

// taken is the module that was taken where another was asked for.
func taken(m *debug.Module) *debug.Module {
	if m.Replace != nil {
		return m.Replace
	}
	return m
}

func component(name, version, about string) cdx.Component {
	url := packageURL(name, version)
	return cdx.Component{BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: name, Version: version, PackageURL: url, Description: about}
}

// packageURL is the purl of a Go module.
func packageURL(name, version string) string { return "pkg:golang/" + name + "@" + version }
