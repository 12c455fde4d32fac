package suggest

import (
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"method", "method", 0},
		{"methdo", "method", 1},
		{"metod", "method", 1},
		{"methood", "method", 1},
		{"nethod", "method", 1},
		{"kitten", "sitting", 3},
		{"größe", "grösse", 2},
	} {
		if got := Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := Distance(tt.b, tt.a); got != tt.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestClosest(t *testing.T) {
	flags := []string{"method", "model", "provider", "profile", "output", "select", "ignore", "j"}
	for _, tt := range []struct {
		word, want string
	}{
		{"methdo", "method"},
		{"METHOD", "method"},
		{" outptu ", "output"},
		{"modell", "model"},
		{"slect", "select"},
		{"profil", "profile"},
		{"k", ""},
		{"", ""},
		{"bananas", ""},
		{"outputs-and-more", ""},
		{strings.Repeat("method", 100), ""},
	} {
		got, ok := Closest(tt.word, flags)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Closest(%q) = %q, %v, want %q", tt.word, got, ok, tt.want)
		}
	}
	if got, ok := Closest("aab", []string{"aac", "aad"}); got != "aac" || !ok {
		t.Errorf("of equally close candidates, got %q, want the first", got)
	}
	if _, ok := Closest("x", nil); ok {
		t.Error("found something among no candidates")
	}
}
