package main

import (
	"fmt"
	"strings"

	"fipsguard/internal/audit"
	"fipsguard/internal/grammar"
)

// What S3 charges for 1,000 requests of a kind in the first commercial Regions,
// in dollars. GovCloud's prices may differ.
const (
	priceOfGets  = 0.0004
	priceOfLists = 0.005
)

// printPlan says what an audit would read, and what S3 would charge for it.
func printPlan(t *terminal, p audit.Plan) error {
	fmt.Fprintf(t.out, "%s and %s, %s; %s skipped.\n",
		grammar.Count(len(p.Logs), "log file"), grammar.Count(len(p.Digests), "digest"), bytesText(p.Bytes), grammar.Count(p.Skipped, "other file"))
	inS3 := 0
	for _, f := range append(p.Logs[:len(p.Logs):len(p.Logs)], p.Digests...) {
		if strings.HasPrefix(f.Path, "s3://") {
			inS3++
		}
	}
	if inS3 > 0 {
		fmt.Fprintf(t.out, "S3 charges about $%.2f for %d GET requests and for listing (commercial list price; GovCloud's may differ). "+
			"Reading in the bucket's own Region is free of transfer charges; elsewhere the bytes are charged as transfer.\n",
			float64(inS3)/1000*priceOfGets+float64(inS3+p.Skipped)/1000/1000*priceOfLists, inS3)
	}
	return nil
}

func bytesText(n int64) string {
	size, unit := float64(n), "bytes"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, next
	}
	if unit == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}
