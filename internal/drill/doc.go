// Package drill is a fire drill of the deployed guard: it breaks rules on
// purpose, in ways that start nothing and cost nothing, times what the guard
// does about each, says which link is broken if nothing happens, and removes
// what it left. What it calls is data, of which the plan, the role's policy and
// the page of the docs are made. It knows no AWS client.
package drill
