// Package tools puts the commands of the terminal together from AWS's clients
// that no function needs.
package tools
