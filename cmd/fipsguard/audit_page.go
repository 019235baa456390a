package main

import (
	"errors"
	"fmt"
	"os"

	"fipsguard/internal/audit"
	"fipsguard/internal/audit/page"
	"fipsguard/internal/product"
)

// writeAuditPage writes an answer as a page into a new file or over an old one.
func writeAuditPage(name string, a *audit.Answer) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	build := product.ThisBuild()
	return page.Write(file, a, fmt.Sprintf("Made by %s %s.", build.Name, build.Version))
}
