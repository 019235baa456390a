// Package syntax reads JSON, and yaml beneath it YAML, into one tree whose
// values know where they stand. It knows nothing of what the tree is about.
//
// What the tree does not model is refused, with one line that says what, where
// and what to do: never dropped, because what is absent may count as good.
// Reading is linear in the text, and bounded in values and depth.
package syntax
