package witness

import (
	"context"
	"errors"
	"fmt"

	"fipsguard/internal/aws/signedcall"
	"fipsguard/internal/product"
	"fipsguard/internal/witness"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// Repository is the guard's repository in ECR, in the configuration's account and
// Region.
type Repository struct{ Config aws.Config }

// Push uploads the witness's image, and says whether it was there already. It is
// safe to repeat. An error says which call failed; the image is in the repository
// as a whole or not at all.
func (r Repository) Push(ctx context.Context) (there bool, err error) {
	image, err := witness.NewImage()
	if err != nil {
		return false, err
	}
	for _, b := range []witness.Blob{image.Layer, image.Config} {
		if err := r.upload(ctx, b); err != nil {
			return false, err
		}
	}
	in := struct {
		RepositoryName         string `json:"repositoryName"`
		ImageManifest          string `json:"imageManifest"`
		ImageManifestMediaType string `json:"imageManifestMediaType"`
		ImageTag               string `json:"imageTag"`
		ImageDigest            string `json:"imageDigest"`
	}{product.Witness, string(image.Manifest.Content), image.Manifest.MediaType, witness.Tag, image.Manifest.Digest}
	var out struct {
		Image struct {
			ImageID struct {
				ImageDigest string `json:"imageDigest"`
			} `json:"imageId"`
		} `json:"image"`
	}
	err = r.call(ctx, "PutImage", in, &out)
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && api.ErrorCode() == "ImageAlreadyExistsException":
		return true, nil
	case err != nil:
		return false, err
	case out.Image.ImageID.ImageDigest != witness.Digest:
		return false, fmt.Errorf("ECR stored an image with digest %q instead of %s", out.Image.ImageID.ImageDigest, witness.Digest)
	}
	return false, nil
}

// upload uploads a layer or a configuration that is not there yet. Each is
// smaller than what ECR takes in one part.
func (r Repository) upload(ctx context.Context, b witness.Blob) error {
	there, err := r.has(ctx, b)
	if there || err != nil {
		return err
	}
	var begun struct {
		UploadID string `json:"uploadId"`
	}
	if err := r.call(ctx, "InitiateLayerUpload", struct {
		RepositoryName string `json:"repositoryName"`
	}{product.Witness}, &begun); err != nil {
		return err
	}
	part := struct {
		RepositoryName string `json:"repositoryName"`
		UploadID       string `json:"uploadId"`
		PartFirstByte  int    `json:"partFirstByte"`
		PartLastByte   int    `json:"partLastByte"`
		LayerPartBlob  []byte `json:"layerPartBlob"`
	}{product.Witness, begun.UploadID, 0, len(b.Content) - 1, b.Content}
	if err := r.call(ctx, "UploadLayerPart", part, &struct{}{}); err != nil {
		return err
	}
	whole := struct {
		RepositoryName string   `json:"repositoryName"`
		UploadID       string   `json:"uploadId"`
		LayerDigests   []string `json:"layerDigests"`
	}{product.Witness, begun.UploadID, []string{b.Digest}}
	err = r.call(ctx, "CompleteLayerUpload", whole, &struct{}{})
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "LayerAlreadyExistsException" {
		return nil // someone else pushed meanwhile
	}
	return err
}

func (r Repository) has(ctx context.Context, b witness.Blob) (bool, error) {
	in := struct {
		RepositoryName string   `json:"repositoryName"`
		LayerDigests   []string `json:"layerDigests"`
	}{product.Witness, []string{b.Digest}}
	var out struct {
		Layers []struct {
			LayerAvailability string `json:"layerAvailability"`
		} `json:"layers"`
	}
	err := r.call(ctx, "BatchCheckLayerAvailability", in, &out)
	return len(out.Layers) == 1 && out.Layers[0].LayerAvailability == "AVAILABLE", err
}

func (r Repository) call(ctx context.Context, operation string, in, out any) error {
	if err := signedcall.Registry(r.Config).Call(ctx, operation, in, out); err != nil {
		return fmt.Errorf("%s of repository %s: %w", operation, product.Witness, err)
	}
	return nil
}
