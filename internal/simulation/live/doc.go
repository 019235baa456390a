// Package live is a page on which a simulated account can be watched and
// disturbed, served beside the account's API. Only browsers on this machine get
// it.
package live
