// Package ssm is the part of Systems Manager that keeps parameters and their
// versions.
package ssm

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fipsguard/internal/localaws/kernel"
)

// Parameters are an account's parameters.
type Parameters struct {
	kernel *kernel.Kernel
	byARN  map[string]*parameter
}

// parameter is one with its versions, of which AWS keeps the last hundred.
type parameter struct {
	tier     string
	versions []version
}

type version struct {
	number int64
	value  string
	at     time.Time
}

const maxVersions = 100

// New adds Systems Manager to an account. What it does besides parameters is
// another package's.
func New(k *kernel.Kernel, besides map[string]kernel.Operation) *Parameters {
	s := &Parameters{kernel: k, byARN: map[string]*parameter{}}
	operations := map[string]kernel.Operation{
		"GetParameter":    {Perform: kernel.With(s.get)},
		"PutParameter":    {Perform: kernel.With(s.put)},
		"DeleteParameter": {Perform: kernel.With(s.remove)},
	}
	maps.Copy(operations, besides)
	k.Serve(kernel.Service{Name: "ssm", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"AmazonSSM"}, Operations: operations})
	return s
}

// WriteParameter writes a parameter's next version, as an approver would.
func (s *Parameters) WriteParameter(regionName, name, value string) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("write a parameter: %w", err)
	}
	s.kernel.Lock()
	defer s.kernel.Unlock()
	_, err = s.put(&kernel.Request{Region: region, At: s.kernel.Clock.Now()}, putInput{Name: name, Value: value, Type: "String", Tier: "Advanced", Overwrite: true})
	return err
}

// RemoveParameter deletes a parameter with its versions.
func (s *Parameters) RemoveParameter(regionName, name string) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return fmt.Errorf("delete a parameter: %w", err)
	}
	s.kernel.Lock()
	defer s.kernel.Unlock()
	_, err = s.remove(&kernel.Request{Region: region}, removeInput{name})
	return err
}

// What is on the wire.
type (
	getInput  struct{ Name string }
	getOutput struct{ Parameter shown }
	shown     struct {
		ARN, Name, Type, DataType, Value string
		Selector                         string `json:",omitempty"`
		Version                          int64
		LastModifiedDate                 float64 // seconds
	}
	putInput struct {
		Name, Value, Type, Tier string
		Overwrite               bool
	}
	putOutput struct {
		Tier    string
		Version int64
	}
	removeInput  struct{ Name string }
	removeOutput struct{}
)

var names = regexp.MustCompile(`^[A-Za-z0-9_./-]+$`)

func arnOf(r *kernel.Request, name string) string {
	return r.Region.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

// get takes a name, or NAME:VERSION.
func (s *Parameters) get(r *kernel.Request, in getInput) (*getOutput, error) {
	name, selector, selected := strings.Cut(in.Name, ":")
	if !names.MatchString(name) {
		return nil, kernel.ClientError("ValidationException", "Invalid parameter name.")
	}
	p := s.byARN[arnOf(r, name)]
	if p == nil {
		return nil, kernel.ClientError("ParameterNotFound", "")
	}
	found := p.versions[len(p.versions)-1]
	if selected {
		number, err := strconv.ParseInt(selector, 10, 64)
		if err != nil {
			return nil, kernel.ClientError("ParameterVersionNotFound", "Systems Manager could not find version %s of %s. Verify the version and try again.", selector, name)
		}
		at := number - p.versions[0].number
		if at < 0 || at >= int64(len(p.versions)) {
			return nil, kernel.ClientError("ParameterVersionNotFound", "Systems Manager could not find version %s of %s. Verify the version and try again.", selector, name)
		}
		found, selector = p.versions[at], ":"+selector
	}
	return &getOutput{shown{
		ARN: arnOf(r, name), Name: name, Type: "String", DataType: "text", Value: found.value, Selector: selector, Version: found.number, LastModifiedDate: float64(found.at.UnixMilli()) / 1000,
	}}, nil
}

func (s *Parameters) put(r *kernel.Request, in putInput) (*putOutput, error) {
	arn := arnOf(r, in.Name)
	p := s.byARN[arn]
	tier := in.Tier
	if tier == "" {
		tier = "Standard"
		if p != nil {
			tier = p.tier
		}
	}
	most := 4096
	if tier == "Advanced" {
		most = 8192
	}
	switch {
	case !names.MatchString(in.Name):
		return nil, kernel.ClientError("ValidationException", "Invalid parameter name.")
	case in.Value == "":
		return nil, kernel.ClientError("ValidationException", "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.")
	case len(in.Value) > most:
		return nil, kernel.ClientError("ValidationException", "%s tier parameters support a maximum parameter value of %d characters.", tier, most)
	case p != nil && !in.Overwrite:
		return nil, kernel.ClientError("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	case p == nil && in.Type == "":
		return nil, kernel.ClientError("ValidationException", "A parameter type is required when you create a parameter.")
	}
	if p == nil {
		p = &parameter{}
		s.byARN[arn] = p
	}
	next := version{number: 1, value: in.Value, at: r.At}
	if n := len(p.versions); n > 0 {
		next.number = p.versions[n-1].number + 1
	}
	p.tier, p.versions = tier, append(p.versions, next)
	p.versions = p.versions[max(0, len(p.versions)-maxVersions):]
	return &putOutput{tier, next.number}, nil
}

func (s *Parameters) remove(r *kernel.Request, in removeInput) (*removeOutput, error) {
	arn := arnOf(r, in.Name)
	if s.byARN[arn] == nil {
		return nil, kernel.ClientError("ParameterNotFound", "")
	}
	delete(s.byARN, arn)
	return &removeOutput{}, nil
}
