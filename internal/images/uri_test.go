package images

import (
	"io"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	base64 := "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAHklEQVR42mI5ISfHQApgYiAR"
	for text, want := range map[string]URL{
		"":                                  {Kind: Empty},
		"  ":                                {Kind: Empty},
		"data:image/png;base64,QQ==":        {Kind: Embedded, Name: "data", Type: "image/png", TypeAt: 5, TypeTo: 14, DataAt: 22},
		"DATA:Image/PNG;BASE64,QQ==":        {Kind: Embedded, Name: "data", Type: "Image/PNG", TypeAt: 5, TypeTo: 14, DataAt: 22},
		`data:image\/png;base64,QQ==`:       {Kind: Embedded, Name: "data", Type: "image/png", TypeAt: 5, TypeTo: 15, DataAt: 23},
		`data:image/png;base64\u002cQQ==`:   {Kind: Embedded, Name: "data", Type: "image/png", TypeAt: 5, TypeTo: 14, DataAt: 27},
		"data:image/png;name=a;base64,QQ==": {Kind: Embedded, Name: "data", Type: "image/png", TypeAt: 5, TypeTo: 14, DataAt: 29},
		"data:text/plain;base64,QQ==":       {Kind: BadData, Name: "data", Type: "text/plain", TypeAt: 5, TypeTo: 15, DataAt: 23, Reason: "is not said to be of an image: it begins with data:image/...;base64,"},
		"data:;base64,QQ==":                 {Kind: BadData, Name: "data", TypeAt: 5, TypeTo: 5, DataAt: 13, Reason: "names no type: it begins with data:image/...;base64,"},
		"data:image/png,QQ==":               {Kind: BadData, Name: "data", Type: "image/png", TypeAt: 5, TypeTo: 14, DataAt: 15, Reason: "does not say that it is in base64: it begins with data:image/...;base64,"},
		"data:image/png;base64":             {Kind: BadData, Name: "data", Reason: "has no comma, after which the data would begin"},
		"https://a/b.png":                   {Kind: HTTPS, Name: "https"},
		`HTTP:\/\/a\/b.png`:                 {Kind: HTTP, Name: "http"},
		"file:///a.png":                     {Kind: LocalFile, Name: "file"},
		"gs://b/a.png":                      {Kind: Scheme, Name: "gs"},
		`C:\\images\\a.png`:                 {Kind: Path},
		"images/a.png":                      {Kind: Path},
		"a.jpeg":                            {Kind: Path},
		base64:                              {Kind: Bare, Name: "png"},
		"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEB": {Kind: Bare, Name: "jpeg"},
		"an image": {Kind: Other},
	} {
		got := Parse([]byte(text))
		want.Raw, want.base64 = got.Raw, got.base64
		if got.Kind != want.Kind || got.Name != want.Name || got.Type != want.Type || got.TypeAt != want.TypeAt || got.TypeTo != want.TypeTo || got.DataAt != want.DataAt || got.Reason != want.Reason {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

// FuzzURL: no text is too odd, and what is found lies inside of it.
func FuzzURL(f *testing.F) {
	for _, text := range []string{"", "data:image/png;base64,QQ==", `data:image\/png;base64\u002cQQ`, "data:,", "data:;base64,", `\ud83d`, "https://[::1]:x/?se=1&sig=2", "//", `data:\`, "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAHklEQVR42mI5"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		u := Parse(text)
		if u.TypeAt > u.TypeTo || u.TypeTo > len(text) || u.DataAt > len(text) {
			t.Fatalf("%q: %+v", text, u)
		}
		if u.HasData() {
			d := u.Data()
			n, err := io.Copy(io.Discard, d)
			if err != nil || n > int64(len(text)) {
				t.Fatalf("%q: %d bytes, %v", text, n, err)
			}
			for _, at := range []int{d.Bad, d.Space, d.URLSafe, d.Padded} {
				if at >= 0 && (at < u.DataAt || at >= len(text)) {
					t.Fatalf("%q: a fault at %d", text, at)
				}
			}
		}
		ReadLink(string(text), time.Unix(0, 0))
	})
}
