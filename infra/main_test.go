package main

import (
	"strings"
	"testing"
)

func TestMissingZips(t *testing.T) {
	_, err := findZip(t.TempDir(), "enforcer", "amd64")
	if err == nil || !strings.Contains(err.Error(), "go run ./build") {
		t.Errorf("without zips: %v", err)
	}
}

func TestBadOptions(t *testing.T) {
	bad := map[string]string{
		"mode": "off", "architecture": "x86", "logLevel": "loud", "logRetentionDays": "7", "reservedConcurrency": "0", "securityAccount": "12",
		"queues": "alerts", "httpsEndpoints": "http://example.gov", "subnets": "subnet-1", "policyFile": "none.yaml",
		"hourly": "hourly", "check": "often", "daily": "at noon", "proofSample": "none", "class": "E", "evidenceDays": "0", "securityHub": "yes", "tracing": "often", "keysToRead": "alias/mine",
	}
	_, err := readOptions(func(name string) string { return bad[name] })
	if err == nil {
		t.Fatal("bad options pass")
	}
	for name := range bad {
		if !strings.Contains(err.Error(), "context "+name) {
			t.Errorf("nothing about %s in:\n%v", name, err)
		}
	}
	if _, err := readOptions(func(string) string { return "" }); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}
