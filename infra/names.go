package main

import "fipsguard/internal/product"

// The stacks.
const (
	accountStack      = product.Name
	organizationStack = product.Prefix + "organization"
	securityStack     = product.Prefix + "security"
)
