package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/ftlint/ftlint/lint/dataset"
)

// cache keeps what was found behind URLs, a small file for each under the hash of the
// URL: no URL, which may be signed, and no image is written. That it cannot be read or
// written is no error: then images are fetched again.
type cache struct {
	dir     string
	pixels  bool
	private bool
}

// keepFor is how long what was found is believed.
const keepFor = 24 * time.Hour

// kept is the content of a file.
type kept struct {
	Format        string            `json:"format"`
	Width, Height int               `json:",omitempty"`
	Bytes         int64             `json:"bytes"`
	Mode          dataset.ImageMode `json:"mode"`
	Bits          int               `json:"bits"`
	Animated      bool              `json:"animated,omitempty"`
	Damage        string            `json:"damage,omitempty"`
	Cut           bool              `json:"cut,omitempty"`
	Type          string            `json:"type"`
}

// version is part of every name, so that what an older program has found is not
// believed when more is looked at.
const version = "1"

func (c *cache) path(url string) string {
	what := version
	if c.pixels {
		what += " pixels"
	}
	if c.private {
		what += " private" // what is fetched from there is nothing for runs that may not
	}
	sum := sha256.Sum256([]byte(what + "\x00" + url))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:])+".json")
}

func (c *cache) load(url string) (dataset.FetchedImage, bool) {
	if c.dir == "" {
		return dataset.FetchedImage{}, false
	}
	path := c.path(url)
	info, err := os.Stat(path)
	if err != nil || time.Since(info.ModTime()) > keepFor {
		return dataset.FetchedImage{}, false
	}
	text, err := os.ReadFile(path)
	var k kept
	if err != nil || json.Unmarshal(text, &k) != nil || k.Bytes == 0 {
		return dataset.FetchedImage{}, false
	}
	return dataset.FetchedImage{Cut: k.Cut, Type: k.Type, ImageInfo: dataset.ImageInfo{
		Format: k.Format, Width: k.Width, Height: k.Height, Bytes: k.Bytes,
		Mode: k.Mode, Bits: k.Bits, Animated: k.Animated, Damage: k.Damage,
	}}, true
}

func (c *cache) store(url string, image dataset.FetchedImage) {
	if c.dir == "" || os.MkdirAll(c.dir, 0o700) != nil {
		return
	}
	i := image.ImageInfo
	text, err := json.Marshal(kept{i.Format, i.Width, i.Height, i.Bytes, i.Mode, i.Bits, i.Animated, i.Damage, image.Cut, image.Type})
	if err != nil {
		return
	}
	f, err := os.CreateTemp(c.dir, "*.tmp")
	if err != nil {
		return
	}
	_, err = f.Write(text)
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	if err == nil {
		err = os.Rename(f.Name(), c.path(url))
	}
	if err != nil {
		os.Remove(f.Name()) // the run has an error of its own if this matters
	}
}
