package guard

// Coverage is how much of an account a scan examined.
type Coverage struct {
	Clusters []string // ARNs
	All      bool     // they are all of the account's in this Region
	Exec     bool     // kernels were read through ECS Exec
}
