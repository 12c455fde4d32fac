package remote

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHostileWords: the id and the state of a job and a file do nothing to a terminal.
func TestHostileWords(t *testing.T) {
	const answer = `{"id":"file\u001b[2J\u202e1","status":"odd\u009b1m\r","filename":"x","created_at":1}`
	var j Job
	if err := json.Unmarshal([]byte(answer), &j); err != nil {
		t.Fatal(err)
	}
	f, err := fileIn([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{j.ID, j.Status, f.ID, f.Status} {
		if strings.ContainsAny(word, "\x1b\u202e\u009b\r") {
			t.Errorf("not safe: %q", word)
		}
	}
}

// TestRedactUser: an address shows nobody's password.
func TestRedactUser(t *testing.T) {
	for text, want := range map[string]string{
		`Get "https://me:pa$$w0rd@host/x"`:        `Get "https://***@host/x"`,
		"https://token@host.example:8080":         "https://***@host.example:8080",
		"https://host/x@y and mail to a@b.c":      "https://host/x@y and mail to a@b.c",
		`{"a":"https://host","b":"who@else.org"}`: `{"a":"https://host","b":"who@else.org"}`,
	} {
		if got := Redact(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestDryRunLongBody: a body that is too long to be shown says that it goes on, and a key
// at the cut is not shown in part.
func TestDryRunLongBody(t *testing.T) {
	const key = "canary-key-0123456789-abcdefghijklmnop"
	hide(key)
	for shift := range 400 {
		body := `{"a":"` + strings.Repeat("x", mostShownBody-300+shift) + key + strings.Repeat("y", 1000) + `"}`
		r, err := http.NewRequest(http.MethodPost, "https://host/", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		text, _ := (&DryRun{Out: io.Discard}).body(r)
		if !strings.Contains(text, "and so on") || strings.Contains(text, "canary") {
			t.Fatalf("shifted by %d: …%s", shift, text[max(0, len(text)-300):])
		}
	}
}

// TestReadForbidden: an address that cannot be read says what may be wrong with it.
func TestReadForbidden(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer s.Close()
	if _, err := Read(t.Context(), s.URL+"/x?sig=canary-signature"); err == nil || !strings.Contains(err.Error(), "signature has expired") || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
}
