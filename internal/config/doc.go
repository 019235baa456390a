// Package config is what people set: the environment of the functions, written
// by the infrastructure and read by the functions through one struct, and the
// policy document. It reads no clock and no environment by itself.
package config
