// Package policydoc says which policy holds for workloads now. The document can be
// changed, broken or deleted while the guard runs.
package policydoc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"fipsguard/internal/config"
	"fipsguard/internal/guard"
)

// Document is one version of the policy document.
type Document struct {
	Text    string
	Version int64
}

// Store keeps the document's versions.
type Store interface {
	// Read reads one of them; 0 is the newest. Where there is none, the error
	// is ErrNone; any other leaves open what the document says.
	Read(ctx context.Context, version int64) (Document, error)
}

// ErrNone says that there is no such document, or no such version of it.
var ErrNone = errors.New("there is no such parameter")

const (
	// freshFor is how long an answer is used, so that a change holds within a
	// minute.
	freshFor = 45 * time.Second
	// retryAfter is how long what could not be read is not read again.
	retryAfter = 10 * time.Second
	// readTime is what all reads of one answer may take.
	readTime = 8 * time.Second
	// furthestBack is how many versions are looked at besides the newest.
	furthestBack = 10
)

// Source reads the document when it is asked, at most once in freshFor. It is
// safe for concurrent use.
type Source struct {
	Store Store
	Mode  guard.PolicyMode // of the deployment; guard.Audit turns every fix into a report
	Now   func() time.Time

	mu    sync.Mutex
	held  guard.Held
	until time.Time
}

// Held is what holds now: the newest version; where that has faults, the last
// good one before it. Where none holds, workloads are only reported; where it
// could not be read, what the defaults would fix waits for another try. What was
// read before does not hold then: a minute later it may be another one.
func (s *Source) Held(ctx context.Context) guard.Held {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Now().Before(s.until) {
		return s.held
	}
	reading, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	s.held, s.until = s.read(reading), s.Now().Add(freshFor)
	if s.held.Version == 0 {
		s.until = s.Now().Add(retryAfter)
	}
	return s.held
}

// read goes back from the newest version to the last good one.
func (s *Source) read(ctx context.Context) guard.Held {
	none := func(why guard.Basis, faults ...string) guard.Held {
		return guard.Held{Policy: config.WithoutDocument(s.Mode, why), Faults: faults}
	}
	document, err := s.Store.Read(ctx, 0)
	if err != nil {
		return none(basis(err), "it could not be read: "+err.Error())
	}
	var faults []string // of the newest version
	for oldest := max(1, document.Version-furthestBack); ; {
		policy, wrong := config.DeployedPolicy(document.Text, s.Mode, s.Now())
		if len(wrong) == 0 {
			return guard.Held{Policy: policy, Faults: faults, Version: document.Version}
		}
		if faults == nil {
			for _, fault := range wrong {
				faults = append(faults, fmt.Sprintf("version %d, %v", document.Version, fault))
			}
		}
		if document.Version <= oldest {
			return none(guard.WithoutDocument, append(faults, fmt.Sprintf("no version from %d on is good", oldest))...)
		}
		before := document.Version - 1
		if document, err = s.Store.Read(ctx, before); err != nil {
			return none(basis(err), append(faults, fmt.Sprintf("version %d could not be read: %v", before, err))...)
		}
		document.Version = before
	}
}

// basis is what a policy rests on whose document Read did not return.
func basis(err error) guard.Basis {
	if errors.Is(err, ErrNone) {
		return guard.WithoutDocument
	}
	return guard.DocumentUnread
}

// Fixed is a policy that never changes.
func Fixed(p guard.Policy) func(context.Context) guard.Held {
	return func(context.Context) guard.Held { return guard.Held{Policy: p} }
}
