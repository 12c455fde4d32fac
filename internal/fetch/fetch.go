// Package fetch gets the images behind the URLs of a dataset, for those who ask for
// it: over http and https, each URL once, a few at a time, and never from a network
// that is not public unless that is allowed.
package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint/dataset"
)

// Options say how images are fetched. The zero value of a field is its default.
type Options struct {
	// Concurrency is how many images are fetched at a time; default 16.
	Concurrency int
	// Timeout is how long one image may take, redirects included; default 30 s.
	Timeout time.Duration
	// MaxBytes is how many bytes of an image are read; default 10 MiB, the most that
	// services take. Of a larger one Bytes is the size that the server tells, or, with
	// Cut, one byte more than MaxBytes.
	MaxBytes int64
	// Private allows addresses that are not of the public internet.
	Private bool
	// Pixels says that the pixels of images are looked at, too.
	Pixels bool
	// CacheDir is a directory in which what was found is kept for a day. Empty: it is
	// not kept.
	CacheDir string
	// UserAgent is what the fetcher calls itself.
	UserAgent string

	tls     *tls.Config    // of tests
	allowed netip.AddrPort // of tests: the one address that need not be public
}

const (
	defaultConcurrency = 16
	defaultTimeout     = 30 * time.Second
	defaultMaxBytes    = 10 << 20
	maxRedirects       = 5
	maxHeaderBytes     = 64 << 10
	dialTimeout        = 10 * time.Second
)

// Fetcher fetches images. It is safe for concurrent use.
type Fetcher struct {
	ctx     context.Context
	options Options
	client  *http.Client
	slots   chan struct{}
	cache   cache

	mu    sync.Mutex
	known map[string]*fetched
}

// fetched is an image that is being fetched, or was.
type fetched struct {
	done  chan struct{}
	image dataset.FetchedImage
}

// errPrivate is why an address is not connected to.
var errPrivate = errors.New("not a public address")

// New returns a fetcher that works until ctx is done.
func New(ctx context.Context, o Options) *Fetcher {
	if o.Concurrency <= 0 {
		o.Concurrency = defaultConcurrency
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	f := &Fetcher{
		ctx: ctx, options: o, known: map[string]*fetched{},
		slots: make(chan struct{}, o.Concurrency),
		cache: cache{dir: o.CacheDir, pixels: o.Pixels, private: o.Private},
	}
	dialer := &net.Dialer{Timeout: dialTimeout, Control: f.control}
	f.client = &http.Client{
		Transport: &http.Transport{
			// No proxy: behind one it cannot be told what address a name stands for.
			DialContext:            dialer.DialContext,
			TLSClientConfig:        o.tls,
			TLSHandshakeTimeout:    dialTimeout,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    o.Concurrency,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: maxHeaderBytes,
			DisableCompression:     true, // images are compressed already; what inflates is not asked for
		},
		CheckRedirect: checkRedirect,
	}
	return f
}

// Close gives connections back.
func (f *Fetcher) Close() { f.client.CloseIdleConnections() }

// control is called with the address that will be connected to, after names have
// been resolved, also behind redirects.
func (f *Fetcher) control(_, address string, _ syscall.RawConn) error {
	if f.options.Private {
		return nil
	}
	a, err := netip.ParseAddrPort(address)
	if err != nil || !images.Public(a.Addr()) && a != f.options.allowed {
		return errPrivate
	}
	return nil
}

var (
	errRedirects = errors.New("too many redirects")
	errScheme    = errors.New("a redirect to what is neither http nor https")
)

func checkRedirect(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return errRedirects
	case r.URL.Scheme != "https" && r.URL.Scheme != "http":
		return errScheme
	}
	// The address of the page that linked here may hold a signature.
	r.Header.Del("Referer")
	return nil
}

// Fetch returns the image behind a URL. The same URL is fetched once.
func (f *Fetcher) Fetch(url string) dataset.FetchedImage {
	f.mu.Lock()
	entry, ok := f.known[url]
	if !ok {
		entry = &fetched{done: make(chan struct{})}
		f.known[url] = entry
	}
	f.mu.Unlock()
	if ok {
		select {
		case <-entry.done:
			return entry.image
		case <-f.ctx.Done():
			return interrupted
		}
	}
	defer close(entry.done)
	entry.image = interrupted
	if image, ok := f.cache.load(url); ok {
		entry.image = image
		return image
	}
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-f.ctx.Done():
		return interrupted
	}
	entry.image = f.get(url)
	if entry.image.Problem == "" {
		f.cache.store(url, entry.image)
	}
	return entry.image
}

// interrupted is what comes of a run that ends before its images are there.
var interrupted = dataset.FetchedImage{Problem: "was not fetched: the run was interrupted"}

// refused is an image at an address that is not public.
var refused = dataset.FetchedImage{Problem: "is not fetched: it lies at an address that is not public, or is redirected there", Refused: true}

// problem is an image that there is not. No text of it has a URL in it, which might
// be signed.
func problem(text string) dataset.FetchedImage { return dataset.FetchedImage{Problem: text} }

// get fetches an image.
func (f *Fetcher) get(address string) dataset.FetchedImage {
	ctx, cancel := context.WithTimeout(f.ctx, f.options.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return problem("cannot be fetched: its URL is not valid")
	}
	r.Header.Set("User-Agent", f.options.UserAgent)
	r.Header.Set("Accept", "image/png, image/jpeg, image/webp, image/*;q=0.5, */*;q=0.1")
	response, err := f.client.Do(r)
	if err != nil {
		return f.failed(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return problem("cannot be fetched: the server answers " + status(response.StatusCode))
	}
	mediaType, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	image := dataset.FetchedImage{Type: strings.ToLower(strings.TrimSpace(mediaType))}
	if n := response.ContentLength; n > f.options.MaxBytes {
		image.Bytes = n
		return image
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, f.options.MaxBytes+1))
	if err == nil {
		err = ctx.Err() // a server that is slow may end its answer when it is hung up on
	}
	switch {
	case err != nil:
		return f.failed(err)
	case len(data) == 0:
		return problem("cannot be fetched: the server's answer is empty")
	}
	image.ImageInfo, _ = images.Examine(bytes.NewReader(data)) // reading memory is never an error
	if image.Bytes > f.options.MaxBytes {
		image.Damage, image.Cut = "", true
	} else if f.options.Pixels && image.Damage == "" {
		image.Damage = images.CheckPixels(bytes.NewReader(data), image.ImageInfo)
	}
	return image
}

func status(code int) string {
	return strings.TrimSpace(fmt.Sprint(code, " ", http.StatusText(code)))
}

// failed says why there was no answer.
func (f *Fetcher) failed(err error) dataset.FetchedImage {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err // without the URL
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case f.ctx.Err() != nil:
		return interrupted
	case errors.Is(err, errPrivate):
		return refused
	case errors.Is(err, errRedirects):
		return problem("cannot be fetched: it is redirected too often")
	case errors.Is(err, errScheme):
		return problem("cannot be fetched: " + errScheme.Error())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return problem(fmt.Sprintf("cannot be fetched: it takes longer than %s", f.options.Timeout))
	case errors.As(err, &dns) && dns.IsNotFound:
		return problem("cannot be fetched: its host does not exist")
	case errors.As(err, &certificate):
		return problem("cannot be fetched: the server's certificate is not valid")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return problem("cannot be fetched: the server ends the answer too early")
	case errors.Is(err, syscall.ECONNREFUSED):
		return problem("cannot be fetched: the server refuses the connection")
	}
	return problem("cannot be fetched: there is no connection to the server")
}
