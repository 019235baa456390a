// Package witness is the image of the witness: a program that runs in a task of
// the guard's own and says by its exit code whether the kernel under it is in
// FIPS mode. The image is the same bytes wherever it is made, so that its digest
// is known before it is pushed, and the task definition names it by that.
//
// The program is 329 bytes of machine code without a library, assembled from
// program.asm: no scanner finds a CVE in it, and no new toolchain changes it.
// internal/aws/witness pushes the image and runs the task.
package witness
