// Package format writes a document of evidence as what people, auditors and
// tools read: text, OSCAL assessment results, FedRAMP evidence objects, Security
// Hub's findings. It also writes findings in files as SARIF.
package format
