// Package ecr is the part of ECR that stores images: repositories with tags that
// cannot be changed, and uploads of layers in parts.
package ecr

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"fipsguard/internal/localaws/kernel"
)

// Registry is an account's.
type Registry struct {
	kernel       *kernel.Kernel
	repositories map[string]*repository // by Region and name
}

// repository is one repository: all by digest.
type repository struct {
	uploads map[string][]byte // under way, by ID
	layers  map[string][]byte
	images  map[string]string // manifests
	tags    map[string]string // digests
}

// New adds ECR to an account.
func New(k *kernel.Kernel) *Registry {
	e := &Registry{kernel: k, repositories: map[string]*repository{}}
	k.Serve(kernel.Service{
		Name: "ecr", Protocol: kernel.JSON{Version: "1.1"}, Targets: []string{"AmazonEC2ContainerRegistry_V20150921"},
		Operations: map[string]kernel.Operation{
			"CreateRepository":            {Perform: kernel.With(e.createRepository)},
			"BatchCheckLayerAvailability": {Perform: kernel.With(e.checkLayers)},
			"InitiateLayerUpload":         {Perform: kernel.With(e.initiateUpload)},
			"UploadLayerPart":             {Perform: kernel.With(e.uploadPart)},
			"CompleteLayerUpload":         {Perform: kernel.With(e.completeUpload)},
			"PutImage":                    {Perform: kernel.With(e.putImage)},
			"BatchGetImage":               {Perform: kernel.With(e.getImages)},
		},
		Recorded: true,
	})
	return e
}

// input are the members of all calls, output those of all answers. The SDK's
// client of ECR, with its types, would be in the command line otherwise.
type (
	input struct {
		RepositoryName string    `json:"repositoryName"`
		LayerDigests   []string  `json:"layerDigests"`
		UploadID       string    `json:"uploadId"`
		PartFirstByte  int       `json:"partFirstByte"`
		PartLastByte   int       `json:"partLastByte"`
		LayerPartBlob  []byte    `json:"layerPartBlob"`
		ImageManifest  string    `json:"imageManifest"`
		ImageTag       string    `json:"imageTag"`
		ImageDigest    string    `json:"imageDigest"`
		ImageIDs       []imageID `json:"imageIds"`
	}
	output struct {
		UploadID string  `json:"uploadId,omitempty"`
		Layers   []layer `json:"layers,omitempty"`
		Image    *image  `json:"image,omitempty"`
		Images   []image `json:"images,omitempty"`
	}
	layer struct {
		LayerDigest       string `json:"layerDigest"`
		LayerAvailability string `json:"layerAvailability"`
	}
	imageID struct {
		ImageDigest string `json:"imageDigest,omitempty"`
		ImageTag    string `json:"imageTag,omitempty"`
	}
	image struct {
		ImageID       imageID `json:"imageId"`
		ImageManifest string  `json:"imageManifest"`
	}
)

func (e *Registry) of(r *kernel.Request, in input) (*repository, error) {
	found, ok := e.repositories[string(r.Region)+" "+in.RepositoryName]
	if !ok {
		return nil, kernel.ClientError("RepositoryNotFoundException", "The repository with name '%s' does not exist in the registry with id '%s'", in.RepositoryName, kernel.AccountID)
	}
	return found, nil
}

func (e *Registry) createRepository(r *kernel.Request, in input) (*output, error) {
	if _, err := e.of(r, in); err == nil {
		return nil, kernel.ClientError("RepositoryAlreadyExistsException", "The repository with name '%s' already exists", in.RepositoryName)
	}
	e.repositories[string(r.Region)+" "+in.RepositoryName] = &repository{
		uploads: map[string][]byte{}, layers: map[string][]byte{}, images: map[string]string{}, tags: map[string]string{},
	}
	return &output{}, nil
}

func (e *Registry) checkLayers(r *kernel.Request, in input) (*output, error) {
	of, err := e.of(r, in)
	if err != nil {
		return nil, err
	}
	out := &output{}
	for _, d := range in.LayerDigests {
		is := "UNAVAILABLE"
		if _, ok := of.layers[d]; ok {
			is = "AVAILABLE"
		}
		out.Layers = append(out.Layers, layer{d, is})
	}
	return out, nil
}

func (e *Registry) initiateUpload(r *kernel.Request, in input) (*output, error) {
	of, err := e.of(r, in)
	if err != nil {
		return nil, err
	}
	id := e.kernel.IDs.UUID()
	of.uploads[id] = []byte{}
	return &output{UploadID: id}, nil
}

// maxPart is the largest part of a layer that ECR takes.
const maxPart = 20 << 20

func (e *Registry) uploadPart(r *kernel.Request, in input) (*output, error) {
	of, err := e.of(r, in)
	if err != nil {
		return nil, err
	}
	upload, ok := of.uploads[in.UploadID]
	switch {
	case !ok:
		return nil, kernel.ClientError("UploadNotFoundException", "The upload could not be found")
	case in.PartFirstByte != len(upload) || in.PartLastByte != len(upload)+len(in.LayerPartBlob)-1 || len(in.LayerPartBlob) > maxPart:
		return nil, kernel.ClientError("InvalidLayerPartException", "The layer part size is not valid, or the first byte specified is not consecutive to the last byte of a previous layer part upload.")
	}
	of.uploads[in.UploadID] = slices.Concat(upload, in.LayerPartBlob)
	return &output{}, nil
}

func (e *Registry) completeUpload(r *kernel.Request, in input) (*output, error) {
	of, err := e.of(r, in)
	if err != nil {
		return nil, err
	}
	content, ok := of.uploads[in.UploadID]
	switch {
	case !ok:
		return nil, kernel.ClientError("UploadNotFoundException", "The upload could not be found")
	case len(content) == 0:
		return nil, kernel.ClientError("EmptyUploadException", "The specified layer upload does not contain any layer parts.")
	case len(in.LayerDigests) != 1 || in.LayerDigests[0] != digest(content):
		return nil, kernel.ClientError("InvalidLayerException", "The layer digest calculation performed by Amazon ECR upon receipt of the image layer does not match the digest specified.")
	}
	if _, ok := of.layers[in.LayerDigests[0]]; ok {
		return nil, kernel.ClientError("LayerAlreadyExistsException", "The image layer already exists in the associated repository.")
	}
	delete(of.uploads, in.UploadID)
	of.layers[in.LayerDigests[0]] = content
	return &output{}, nil
}

func (e *Registry) putImage(r *kernel.Request, in input) (*output, error) {
	of, err := e.of(r, in)
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Config struct{ Digest string }
		Layers []struct{ Digest string }
	}
	if err := json.Unmarshal([]byte(in.ImageManifest), &manifest); err != nil {
		return nil, kernel.InvalidParameter("Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'")
	}
	for _, needed := range append(manifest.Layers, manifest.Config) {
		if _, ok := of.layers[needed.Digest]; !ok {
			return nil, kernel.ClientError("LayersNotFoundException", "The specified layers could not be found, or the specified layer is not valid for this repository.")
		}
	}
	id := imageID{digest([]byte(in.ImageManifest)), in.ImageTag}
	before, tagged := of.tags[in.ImageTag]
	switch {
	case in.ImageDigest != "" && in.ImageDigest != id.ImageDigest:
		return nil, kernel.ClientError("ImageDigestDoesNotMatchException", "The specified image digest does not match the digest that Amazon ECR calculated for the image.")
	case tagged && before == id.ImageDigest:
		return nil, kernel.ClientError("ImageAlreadyExistsException", "Image with digest '%s' and tag '%s' already exists in the repository", id.ImageDigest, id.ImageTag)
	case tagged:
		return nil, kernel.ClientError("ImageTagAlreadyExistsException", "The image tag '%s' already exists in the repository and cannot be overwritten because the repository is immutable.", id.ImageTag)
	}
	of.images[id.ImageDigest], of.tags[id.ImageTag] = in.ImageManifest, id.ImageDigest
	return &output{Image: &image{id, in.ImageManifest}}, nil
}

func (e *Registry) getImages(r *kernel.Request, in input) (*output, error) {
	of, err := e.of(r, in)
	if err != nil {
		return nil, err
	}
	out := &output{}
	for _, id := range in.ImageIDs {
		if manifest, ok := of.images[id.ImageDigest]; ok {
			out.Images = append(out.Images, image{id, manifest})
		}
	}
	return out, nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// CreateRepository makes a repository in a Region of the account.
func (e *Registry) CreateRepository(regionName, name string) error {
	region, err := kernel.RegionNamed(regionName)
	if err != nil {
		return err
	}
	e.kernel.Lock()
	defer e.kernel.Unlock()
	_, err = e.createRepository(&kernel.Request{Region: region}, input{RepositoryName: name})
	return err
}
