package images

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// TestBase64Faults: each fault is noted at its place, and what it leaves no doubt
// of is read on.
func TestBase64Faults(t *testing.T) {
	const begin = "data:image/png;base64,"
	data := bytes.Repeat([]byte("\xfb\xef\xbe\xff\x00\x12"), 40) // ++++/... : characters that the alphabets differ in
	good := base64.StdEncoding.EncodeToString(data)
	short := base64.StdEncoding.EncodeToString(data[:238])
	for name, test := range map[string]struct {
		text    string
		want    []byte
		urlSafe int
		space   int
		bad     int
		padded  int
		missing int
		torn    bool
	}{
		"good":                {good, data, -1, -1, -1, -1, 0, false},
		"padded":              {short, data[:238], -1, -1, -1, -1, 0, false},
		"escaped":             {strings.NewReplacer("/", `\/`, "A", `\u0041`).Replace(good), data, -1, -1, -1, -1, 0, false},
		"escaped pads":        {strings.ReplaceAll(short, "=", `\u003d`), data[:238], -1, -1, -1, -1, 0, false},
		"for URLs":            {strings.NewReplacer("+", "-", "/", "_").Replace(good), data, 0, -1, -1, -1, 0, false},
		"without pads":        {strings.TrimRight(short, "="), data[:238], -1, -1, -1, -1, 2, false},
		"one pad of two":      {short[:len(short)-1], data[:238], -1, -1, -1, -1, 1, false},
		"line breaks":         {good[:76] + `\n` + good[76:152] + `\r\n` + good[152:], data, -1, 76, -1, -1, 0, false},
		"a line break behind": {good + `\n`, data, -1, len(good), -1, -1, 0, false},
		"a blank":             {good[:30] + " " + good[30:], data, -1, 30, -1, -1, 0, false},
		"a wrong character":   {good[:100] + "*" + good[101:], data[:75], -1, -1, 100, -1, 0, false},
		"no base64 at all":    {"<image>", nil, -1, -1, 0, -1, 0, false},
		"another alphabet":    {good[:40] + "é" + good[41:], data[:30], -1, -1, 40, -1, 0, false},
		"torn":                {good[:41], data[:30], -1, -1, -1, -1, 0, true},
		"two texts joined":    {short + good, data[:238], -1, -1, -1, len(short), 0, false},
		"too many pads":       {short + "=", data[:238], -1, -1, -1, len(short), 0, false},
		"a pad too early":     {good[:5] + "=" + good[5:], data[:3], -1, -1, 5, -1, 0, false},
		"nothing":             {"", nil, -1, -1, -1, -1, 0, false},
	} {
		u := Parse([]byte(begin + test.text))
		b := u.Data()
		got, err := io.ReadAll(b)
		if err != nil || !bytes.Equal(got, test.want) {
			t.Errorf("%s: read %d bytes, %v; want %d", name, len(got), err, len(test.want))
		}
		for i, at := range []struct{ got, want int }{{b.URLSafe, test.urlSafe}, {b.Space, test.space}, {b.Bad, test.bad}, {b.Padded, test.padded}} {
			if want := at.want; want >= 0 && at.got != want+len(begin) || want < 0 && at.got != -1 {
				t.Errorf("%s: place %d is %d, want %d", name, i, at.got-len(begin), want)
			}
		}
		if b.Missing != test.missing || b.Torn != test.torn {
			t.Errorf("%s: %d missing, torn %v", name, b.Missing, b.Torn)
		}
	}
}

// FuzzBase64: what is read does not depend on how it is read, and is what
// encoding/base64 reads where that reads anything.
func FuzzBase64(f *testing.F) {
	long := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("image"), 100))
	for _, text := range []string{"", "QQ==", "QUI=", "QUJD", "QQ", "Q", "Q===", "QQ==QQ==", "-_-_", `Q\/\/Q`, `QQ\u003d=`, "Q Q=", long, long[:77] + `\n` + long[77:], long[:50] + "!" + long[50:], strings.ReplaceAll(long, "a", `\u0061`)} {
		f.Add([]byte(text), uint64(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		read := func(wrap func(io.Reader) io.Reader) ([]byte, Base64) {
			b := &Base64{raw: text, URLSafe: -1, Space: -1, Bad: -1, Padded: -1}
			got, err := io.ReadAll(wrap(b))
			if err != nil {
				t.Fatal(err)
			}
			state := *b
			state.held, state.hold, state.group, state.at = [3]byte{}, nil, [4]byte{}, 0
			return got, state
		}
		got, state := read(func(r io.Reader) io.Reader { return r })
		random := rand.New(rand.NewPCG(seed, 1))
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"byte by byte": iotest.OneByteReader,
			"in pieces":    func(r io.Reader) io.Reader { return &pieces{r, random} },
		} {
			again, stateAgain := read(wrap)
			stateAgain.raw = state.raw
			if !bytes.Equal(got, again) || !sameFaults(&state, &stateAgain) {
				t.Fatalf("read %s: %x, %+v; read at once: %x, %+v", name, again, stateAgain, got, state)
			}
		}
		if bytes.IndexByte(text, '\\') >= 0 || bytes.ContainsAny(text, "\r\n") {
			return
		}
		want, err := base64.StdEncoding.DecodeString(string(text))
		if (err == nil) == state.Faulty() {
			t.Fatalf("%q: %+v, but encoding/base64 says %v", text, state, err)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%q: %x, want %x", text, got, want)
		}
	})
}

func sameFaults(a, b *Base64) bool {
	return a.URLSafe == b.URLSafe && a.Space == b.Space && a.Bad == b.Bad && a.Padded == b.Padded && a.Missing == b.Missing && a.Torn == b.Torn
}

// pieces reads random numbers of bytes.
type pieces struct {
	io.Reader
	random *rand.Rand
}

func (r *pieces) Read(p []byte) (int, error) {
	return r.Reader.Read(p[:1+r.random.IntN(len(p))])
}
