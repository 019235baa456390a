package product

import (
	"strings"
	"testing"
)

func TestVersionNamesTheSources(t *testing.T) {
	digest := strings.Repeat("0123456789abcdef", 4)
	if got := version(digest); got != release+"+0123456789ab" {
		t.Errorf("a built program says it is %s", got)
	}
	if got := version(""); got != release+"+local" {
		t.Errorf("a program without a digest of its sources says it is %s", got)
	}
}

func TestIsAccount(t *testing.T) {
	for text, want := range map[string]bool{
		"111122223333": true, "000000000000": true,
		"": false, "11112222333": false, "1111222233334": false, "11112222333x": false, "+11112222333": false, "１１１１２２２２３３３３": false,
	} {
		if got := IsAccount(text); got != want {
			t.Errorf("IsAccount(%q) is %t", text, got)
		}
	}
}
