// Package independent gives tests the programs that we did not write and that the
// project is held against: the AWS CLI, moto, cfn-lint, Chromium, Node for the
// CDK. None of them is a requirement of the product.
package independent

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// usedFolder names the environment variable with the folder in which a test
// run notes which programs it used. tools/independent reads it.
const usedFolder = "FIPSGUARD_INDEPENDENT_USED"

// Program returns the path of a program, which may have several names. The
// test is skipped where the program is missing, and with -short, which starts
// no other programs.
func Program(t testing.TB, names ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skipf("-short starts no other programs, such as %s", names[0])
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		note(t, names[0])
		return path
	}
	t.Skipf("%s is not installed", strings.Join(names, " or "))
	return ""
}

// Moto starts moto_server, where it is installed, for one test, and returns its
// URL.
func Moto(t testing.TB) string {
	t.Helper()
	program := Program(t, "moto_server")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	_ = listener.Close()
	server := exec.Command(program, "-H", host, "-p", port)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if conn, err := net.Dial("tcp", net.JoinHostPort(host, port)); err == nil {
			_ = conn.Close()
			return "http://" + net.JoinHostPort(host, port)
		}
		if time.Now().After(deadline) {
			t.Fatal("moto_server does not listen")
		}
	}
}

func note(t testing.TB, name string) {
	folder := os.Getenv(usedFolder)
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
		t.Errorf("note that %s is used: %v", name, err)
	}
}
