package ecsexec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What AWS's agent and plugin wrote is written again byte for byte.
func TestFrameWireForm(t *testing.T) {
	types := map[string]int{}
	for _, r := range recordings(t) {
		for n, line := range r.Lines {
			f, err := decode(line.Message)
			if err != nil {
				t.Fatalf("%s line %d: %v", r.Name, n, err)
			}
			types[f.Type]++
			again := f.encode()
			if f.Type == typeClosed { // which the service pads with NULs
				again = shortened(f)
				copy(again[offsetType:offsetSchema], bytes.ReplaceAll(again[offsetType:offsetSchema], []byte(" "), []byte{0}))
			}
			if !bytes.Equal(again, line.Message) {
				t.Errorf("%s line %d:\n got %x\nwant %x", r.Name, n, again, line.Message)
			}
		}
	}
	for _, kind := range []string{typeInput, typeAcknowledge, typeOutput, typeClosed, "agent_session_state"} {
		if types[kind] == 0 {
			t.Errorf("no %s in the recordings", kind)
		}
	}
}

// A frame read by eye, so that encode and decode cannot be wrong together.
func TestFrameMembers(t *testing.T) {
	for _, r := range recordings(t) {
		if r.Name != "fips-1" {
			continue
		}
		got, err := decode(r.Lines[1].Message)
		if err != nil {
			t.Fatal(err)
		}
		if id := got.ID.String(); id != "865de52d-eb5e-4864-b517-76faa7edf8a3" {
			t.Errorf("id %s", id)
		}
		want := frame{
			Type: "output_stream_data", Created: time.Date(2026, 11, 23, 19, 2, 59, 174_000_000, time.UTC),
			Flags: 1, ID: got.ID, PayloadType: 1, Payload: []byte("1\r\n"),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := frame{Type: typeOutput, ID: newID(), PayloadType: payloadOutput, Payload: []byte("1\r\n")}.encode()
	if _, err := decode(good); err != nil {
		t.Fatal(err)
	}
	header := func(n uint32) func([]byte) []byte {
		return func(b []byte) []byte { binary.BigEndian.PutUint32(b, n); return b }
	}
	length := func(n uint32) func([]byte) []byte {
		return func(b []byte) []byte { binary.BigEndian.PutUint32(b[longHeader:], n); return b }
	}
	tests := map[string]func([]byte) []byte{
		"nothing":          func([]byte) []byte { return nil },
		"no type":          func(b []byte) []byte { return b[:offsetSchema-1] },
		"half a header":    func(b []byte) []byte { return b[:100] },
		"no length":        func(b []byte) []byte { return b[:longHeader+3] },
		"header 0":         header(0),
		"header 113":       header(113),
		"header 112":       header(112), // would read the payload type as length
		"header 2^32-1":    header(1<<32 - 1),
		"schema 2":         func(b []byte) []byte { b[offsetSchema+3] = 2; return b },
		"payload cut":      func(b []byte) []byte { return b[:len(b)-1] },
		"payload extended": func(b []byte) []byte { return append(b, 0) },
		"length too small": length(2),
		"length too large": length(4),
		"length 2^32-1":    length(1<<32 - 1),
		"digest":           func(b []byte) []byte { b[offsetDigest] ^= 1; return b },
		"payload changed":  func(b []byte) []byte { b[len(b)-3] = '0'; return b },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			if f, err := decode(spoil(slices.Clone(good))); !errors.Is(err, ErrProtocol) {
				t.Errorf("%v, %v, want ErrProtocol", f, err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, r := range recordings(f) {
		for _, line := range r.Lines {
			f.Add(line.Message)
		}
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		before := slices.Clone(message)
		got, err := decode(message)
		if !bytes.Equal(before, message) {
			t.Fatal("the message was changed")
		}
		if err != nil {
			if !errors.Is(err, ErrProtocol) {
				t.Fatalf("%v is no ErrProtocol", err)
			}
			return
		}
		if kind, err := typeOf(message); err != nil || kind != got.Type {
			t.Fatalf("type %q, %v, want %q", kind, err, got.Type)
		}
		again, err := decode(got.encode())
		if err != nil {
			t.Fatalf("decode again: %v", err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatalf("(-first +again):\n%s", diff)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, size := range []int{3, 1024} {
		message := frame{Type: typeOutput, ID: newID(), PayloadType: payloadOutput, Payload: make([]byte, size)}.encode()
		b.Run(map[int]string{3: "answer", 1024: "largest"}[size], func(b *testing.B) {
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decode(message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
