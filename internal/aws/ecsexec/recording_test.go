package ecsexec

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recording is one session of AWS's published agent with AWS's published
// plugin, as testdata keeps it.
type recording struct {
	Name    string
	Session string
	KMSKey  string
	Command string
	Target  Target
	Lines   []recordedLine

	DataKey           []byte
	Wrapped           []byte
	EncryptionContext map[string]string
}

type recordedLine struct {
	From    string // agent, gateway or client
	Message []byte
}

func recordings(t testing.TB) []recording {
	t.Helper()
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var all []recording
	for _, file := range files {
		all = append(all, readRecording(t, file))
	}
	return all
}

func readRecording(t testing.TB, file string) recording {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := recording{Name: strings.TrimSuffix(filepath.Base(file), ".jsonl")}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var line struct {
			Meta *struct {
				Command, KMSKey, Session, Target string
			}
			DataKey           []byte
			Wrapped           []byte
			EncryptionContext map[string]string
			From, Hex         string
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		switch {
		case line.Meta != nil:
			r.Session, r.KMSKey, r.Command = line.Meta.Session, line.Meta.KMSKey, line.Meta.Command
			part := strings.Split(strings.TrimPrefix(line.Meta.Target, "ecs:"), "_")
			r.Target = Target{Cluster: part[0], Task: part[1], RuntimeID: part[2], Container: "app"}
		case line.DataKey != nil:
			r.DataKey, r.Wrapped, r.EncryptionContext = line.DataKey, line.Wrapped, line.EncryptionContext
		default:
			message, err := hex.DecodeString(line.Hex)
			if err != nil || len(message) == 0 {
				t.Fatalf("%s: a line without a message: %v", file, err)
			}
			r.Lines = append(r.Lines, recordedLine{From: line.From, Message: message})
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return r
}
