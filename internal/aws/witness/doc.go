// Package witness runs the witness in an account: Repository.Push uploads its
// image, and Task.Start and Task.Wait launch it and read its exit code, which
// says whether a task launched now gets a kernel in FIPS mode.
//
//	started := task.Start(ctx, location, "drill")
//	result := task.Wait(ctx, started) // a guard.Witness; guard.Check evaluates it
//
// Both answer with a guard.Witness that says why, rather than with an error: what
// could not be run or read is unknown. The stack (-c witnessSubnets=…) makes the
// repository, the cluster and the task definition of the names in
// internal/product; Task needs only the network.
package witness
