package dataset

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
)

// skipBytes is skipPlain as it reads best.
func skipBytes(b []byte, i int) (end int, escaped bool) {
	for i < len(b) {
		switch c := b[i]; {
		case c == '\\' && i+1 < len(b) && bytes.IndexByte([]byte(`"\bfnrt`), b[i+1]) >= 0:
			i, escaped = i+2, true
		case c < ' ' || c == '"' || c == '\\' || c >= 0x80:
			return i, escaped
		default:
			i++
		}
	}
	return i, escaped
}

// TestSkipPlain puts every byte at every place of texts of all lengths that words begin
// and end in, behind plain ones and behind escapes.
func TestSkipPlain(t *testing.T) {
	for _, plain := range []string{"a", `\n`, `\"ab`, `abc\\`} {
		text := bytes.Repeat([]byte(plain), 70)
		for n := range 70 {
			for at := range n {
				for c := range 256 {
					b := bytes.Clone(text[:n])
					b[at] = byte(c)
					checkSkip(t, b, at%7%n)
				}
			}
		}
	}
}

func checkSkip(t *testing.T, b []byte, i int) {
	t.Helper()
	want, wantEscaped := skipBytes(b, i)
	if got, escaped := skipPlain(b, i); got != want || escaped != wantEscaped {
		t.Fatalf("skipPlain(%q, %d) = %d, %v; want %d, %v", b, i, got, escaped, want, wantEscaped)
	}
}

func FuzzSkipPlain(f *testing.F) {
	f.Add([]byte(`a text with \n escapes, \u0041 and "`), 3)
	f.Add([]byte(`0123456789abcde\`), 0)
	f.Fuzz(func(t *testing.T, b []byte, i int) {
		if i >= 0 && i <= len(b) {
			checkSkip(t, b, i)
		}
	})
}

// FuzzPlainMessage holds what is read the short way, role and content first, against what
// is read of the same with a space that bars that way.
func FuzzPlainMessage(f *testing.F) {
	for _, rest := range []string{
		`{"role": "user", "content": "hi"}, {"role":"assistant","content":"a\nb","weight":0}]}`,
		`{"role":"system","content":" \n"},{"role":"user","content":"Ж \u00e9"},{"role": "assistant","content": ""}]}`,
		`{"role": "assistant", "content": "a", "content": "b", "role": "user"}]}`,
		`{"role":"user","content":"a"`, `{"role":"user","content":"a`, `{"role":"user","content":"`, `{"role":"user","content":`, `{"role":"user","content":null}]}`,
		`{"role":"user","content":"a" , "name" : "b"}]}`, `{"role":"tool","content":"a"}]}`, `{"role":"user","content":[{"type":"text","text":"x"}]}]}`,
		"{\"role\":\"user\",\"content\":\"\xff\"}]}", "{\"role\":\"user\",\"content\":\"a\tb\"}]} x", `{"role":"user","content":"\ud800"}]}`,
	} {
		f.Add([]byte(rest))
	}
	const head = `{"messages":[`
	f.Fuzz(func(t *testing.T, rest []byte) {
		comparePlain(t, append([]byte(head), rest...))
	})
}

// TestPlainMessageCut is FuzzPlainMessage for a line that is cut off anywhere, or has
// another byte anywhere.
func TestPlainMessageCut(t *testing.T) {
	line := []byte(`{"messages": [{"role": "user", "content": "What is\nthis?"}, {"role":"assistant","content":"A test: \u00e4 ä."}]}`)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range line {
		comparePlain(t, line[:i:i])
		for _, c := range []byte("\"\\ ,:}]x\x00\x80") {
			other := bytes.Clone(line)
			other[i] = c
			comparePlain(t, other)
		}
		other := bytes.Clone(line)
		other[i] = byte(rnd.IntN(256))
		comparePlain(t, other)
	}
}

func comparePlain(t *testing.T, line []byte) {
	t.Helper()
	barred := bytes.ReplaceAll(line, []byte(`"role":`), []byte(`"role" :`))
	var added []int // where the spaces are, in line
	for at := 0; ; {
		n := bytes.Index(line[at:], []byte(`"role":`))
		if n < 0 {
			break
		}
		added = append(added, at+n+len(`"role"`))
		at += n + len(`"role":`)
	}
	back := func(offset uint32) uint32 {
		for i := len(added) - 1; i >= 0; i-- {
			if int(offset) > added[i]+i {
				return offset - uint32(i) - 1
			}
		}
		return offset
	}
	want := NewDecoder(Options{Messages: true, Markers: true}).Decode(barred)
	for i := range want.Faults {
		want.Faults[i].Start, want.Faults[i].End = back(want.Faults[i].Start), back(want.Faults[i].End)
	}
	moveValues(reflect.ValueOf(want).Elem(), back)
	want.Line = line
	got := NewDecoder(Options{Messages: true, Markers: true}).Decode(line)
	if got.Broken != want.Broken || !reflect.DeepEqual(got.Faults, want.Faults) {
		t.Fatalf("%q:\nfaults %v\nwant   %v", line, got.Faults, want.Faults)
	}
	if !got.Broken && !reflect.DeepEqual(got, want) {
		t.Fatalf("%q:\n%+v\nwant\n%+v", line, got, want)
	}
}

// moveValues moves every Value in v. Slices that others share are moved once.
func moveValues(v reflect.Value, back func(uint32) uint32) {
	switch v.Kind() {
	case reflect.Struct:
		if value, ok := v.Addr().Interface().(*Value); ok {
			value.Start, value.End = back(value.Start), back(value.End)
			return
		}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).CanSet() && name != "All" {
				moveValues(v.Field(i), back)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			moveValues(v.Index(i), back)
		}
	}
}
