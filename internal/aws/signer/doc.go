// Package signer signs with a key of KMS.
package signer
