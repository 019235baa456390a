package evidence

import (
	"bytes"
	"testing"
)

func page5000(t testing.TB) []byte {
	t.Helper()
	return written(t, largeDocument(5000))
}

func written(t testing.TB, d Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WritePage(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestThePageOfFiveThousandTasksStaysUnderThreeMegabytes(t *testing.T) {
	if size := len(page5000(t)); size > 3_000_000 {
		t.Errorf("the page has %d bytes", size)
	} else {
		t.Logf("%d bytes", size)
	}
}
