package kernel

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"sync"
)

// IDs makes identifiers of the shapes that AWS uses.
type IDs struct {
	mu     sync.Mutex
	random *rand.Rand
}

// Hex returns a random number of some bytes in hexadecimal digits.
func (s *IDs) Hex(bytes int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, bytes)
	for i := range b {
		b[i] = byte(s.random.Uint32())
	}
	return hex.EncodeToString(b)
}

// Digits returns a random number of some decimal digits.
func (s *IDs) Digits(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('1' + s.random.IntN(9))
	}
	return string(b)
}

// UUID returns a random (version 4) UUID.
func (s *IDs) UUID() string {
	h := s.Hex(16)
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:])
}
