package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fipsguard/internal/independent"
)

// repository makes a repository of many files in a folder: of each kind that
// check knows, among configuration, lock files, node_modules, and plans of which
// one has 38 MB.
func repository(t testing.TB, files int) string {
	t.Helper()
	root := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	write := func(name string, text []byte) {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	samples, err := filepath.Glob(checkCases + "/*.*[nl]")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	var texts [][]byte
	for _, s := range samples {
		text, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	write(".gitignore", []byte("out/\n*.log\n"))
	for i := range files {
		folder := fmt.Sprintf("service-%d/deploy", i/40)
		switch k := i % 40; {
		case k < 8:
			j := random.IntN(len(texts))
			write(fmt.Sprintf("%s/%d-%s", folder, i, filepath.Base(samples[j])), texts[j])
		case k == 8:
			write(fmt.Sprintf("service-%d/package-lock.json", i/40), lockFile(random, 400<<10))
		case k == 9:
			write(fmt.Sprintf("%s/plan-%d.json", folder, i), planOf(random, 200<<10))
		case k == 10:
			write(fmt.Sprintf("out/%d.json", i), texts[0])
		case k < 18:
			write(fmt.Sprintf("service-%d/node_modules/m%d/package.json", i/40, i), lockFile(random, 4<<10))
		case k < 28:
			write(fmt.Sprintf("%s/values-%d.yaml", folder, i), []byte(values(random, 8<<10)))
		default:
			write(fmt.Sprintf("service-%d/src/file%d.go", i/40, i), bytes.Repeat([]byte("func f() {}\n"), 200))
		}
	}
	if files >= 1000 {
		write("big/plan.json", planOf(random, 38<<20))
	}
	return root
}

func lockFile(random *rand.Rand, size int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"name": "x", "lockfileVersion": 3, "packages": {`)
	for b.Len() < size {
		fmt.Fprintf(&b, `"node_modules/m%d": {"version": "1.0.%d", "resolved": "https://registry.npmjs.org/m/-/m-1.0.%d.tgz", "integrity": "sha512-%x", "engines": {"node": ">=14"}},`+"\n",
			random.Int(), random.IntN(99), random.IntN(99), random.Uint64())
	}
	b.WriteString(`"": {}}}`)
	return b.Bytes()
}

func values(random *rand.Rand, size int) string {
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "key%d:\n  enabled: true\n  replicas: %d\n  resources: {limits: {cpu: 1, memory: 1Gi}}\n", random.Int(), random.IntN(9))
	}
	return b.String()
}

// planOf is a plan in which most is about other resources.
func planOf(random *rand.Rand, size int) []byte {
	var changes, written bytes.Buffer
	for i := 0; changes.Len() < size*9/10; i++ {
		if i%50 != 0 {
			fmt.Fprintf(&changes, `{"address":"aws_iam_policy.p%d","mode":"managed","type":"aws_iam_policy","name":"p%d","change":{"actions":["no-op"],"before":{"policy":"%s"},"after":{"policy":"%s","tags":{"a":"b%d"}},"after_unknown":{}}},`+"\n",
				i, i, strings.Repeat(`{\"Effect\":\"Allow\"}`, 20), strings.Repeat(`{\"Effect\":\"Allow\"}`, 20), random.IntN(99))
			continue
		}
		fmt.Fprintf(&changes, `{"address":"aws_ecs_task_definition.d%d","mode":"managed","type":"aws_ecs_task_definition","name":"d%d","change":{"actions":["create"],"after":{"requires_compatibilities":["FARGATE"],"runtime_platform":[]},"after_unknown":{"arn":true}}},`+"\n", i, i)
		fmt.Fprintf(&changes, `{"address":"aws_ecs_service.s%d","mode":"managed","type":"aws_ecs_service","name":"s%d","change":{"actions":["create"],"after":{"launch_type":"FARGATE"},"after_unknown":{"task_definition":true,"platform_version":true}}},`+"\n", i, i)
		fmt.Fprintf(&written, `{"type":"aws_ecs_service","name":"s%d","expressions":{"task_definition":{"references":["aws_ecs_task_definition.d%d.arn","aws_ecs_task_definition.d%d"]}}},`, i, i, i)
	}
	return fmt.Appendf(nil, `{"format_version":"1.2","planned_values":{"root_module":{"resources":[]}},"resource_changes":[%s{}],"configuration":{"root_module":{"resources":[%s{}]}}}`, changes.Bytes(), written.Bytes())
}

// TestCheckOfALargeRepository holds what people wait for in CI: 5 000 files in
// two seconds and 200 MB, and not more for each file than for few.
func TestCheckOfALargeRepository(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 150 MB")
	}
	program := filepath.Join(t.TempDir(), "fipsguard")
	if out, err := exec.Command(independent.Program(t, "go"), "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	root := repository(t, 5000)
	const runs = 3
	best, memory := time.Hour, 0
	for range runs {
		run := exec.Command(program, "check", "--format", "json", root)
		run.Stdout, run.Stderr = io.Discard, io.Discard
		start := time.Now()
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		peak := peakOf(run.Process.Pid)
		if err := run.Wait(); err == nil || run.ProcessState.ExitCode() != int(exitFindings) {
			t.Fatalf("it ends with %v", run.ProcessState)
		}
		best, memory = min(best, time.Since(start)), max(memory, <-peak)
	}
	t.Logf("5 000 files took %v and %d MB", best, memory)
	if memory > 200 {
		t.Errorf("it took %d MB", memory)
	}
	if best > 2*time.Second*slack {
		t.Errorf("it took %v", best)
	}
}

// peakOf follows the most memory that a program has had, in MB, until it ends; 0
// where the system does not tell. (The usage that Wait returns has what the
// program had that started it, too.)
func peakOf(pid int) <-chan int {
	peak := make(chan int, 1)
	go func() {
		most := 0
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			_, line, ok := strings.Cut(string(status), "VmHWM:")
			if err != nil || !ok {
				peak <- most >> 10
				return
			}
			kib, err := strconv.Atoi(strings.Fields(line)[0])
			if err == nil {
				most = max(most, kib)
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
	return peak
}

// slack is what a machine with other work may take longer.
const slack = 4

// BenchmarkCheck checks repositories of growing size: the time for a file stays.
func BenchmarkCheck(b *testing.B) {
	for _, files := range []int{500, 2500, 5000} {
		root := repository(b, files)
		b.Run(fmt.Sprintf("%d files", files), func(b *testing.B) {
			for b.Loop() {
				if code, _, talk := fipsguard("", "check", "--format", "json", root); code != exitFindings {
					b.Fatalf("exits %d: %s", code, talk)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(files), "µs/file")
		})
	}
}
