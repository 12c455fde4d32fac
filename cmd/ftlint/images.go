package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/ftlint/ftlint/internal/fetch"
)

// Where images are fetched, workers wait more than they work: there are more of
// them, and each takes fewer lines at a time.
const (
	fetchWorkers = 16
	fetchChunk   = 4 << 10
)

// fetcher makes what fetches images, and has the run use it.
func (f *runFlags) fetcher(ctx context.Context, o *runOptions) *fetch.Fetcher {
	fetcher := fetch.New(ctx, fetch.Options{
		Concurrency: fetchWorkers,
		Private:     f.privateImages,
		Pixels:      o.Settings.DeepImages,
		CacheDir:    imageCache(f.imageCache),
		UserAgent:   "ftlint/" + version(),
	})
	o.Settings.FetchImage, o.accounting.FetchImage = fetcher.Fetch, fetcher.Fetch
	if f.jobs == 0 {
		o.Workers = fetchWorkers
	}
	if f.chunk == 0 {
		o.Read.ChunkBytes = fetchChunk
	}
	return fetcher
}

// imageCache is the directory that --image-cache stands for, or "".
func imageCache(flag string) string {
	switch flag {
	case "off":
		return ""
	case "":
		dir, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		return filepath.Join(dir, "ftlint", "images")
	}
	return flag
}
