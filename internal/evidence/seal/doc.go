// Package seal signs bytes and opens what was signed: DSSE envelopes
// (github.com/secure-systems-lab/dsse, 1.0.2) with ECDSA on P-384 over SHA-384,
// which is what a KMS key of the spec ECC_NIST_P384 makes. It knows neither KMS
// nor what the bytes mean.
package seal
