package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// errSilent says that an answer was begun and did not go on.
var errSilent = errors.New("the service began its answer and then sent nothing more")

// newTransport returns what sends requests, and waits neither for an answer nor for the
// rest of one without end.
func newTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = answerTimeout
	t.MaxIdleConnsPerHost = 8 // parts go in parallel
	return impatient{t, answerTimeout}
}

// impatient gives up answers of which nothing comes for some time.
type impatient struct {
	http.RoundTripper
	most time.Duration
}

// RoundTrip sends a request.
func (t impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	res, err := t.RoundTripper.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	res.Body = &impatientBody{res.Body, t.most, cancel}
	return res, nil
}

// impatientBody is an answer that ends if nothing comes for some time.
type impatientBody struct {
	io.ReadCloser
	most   time.Duration
	cancel context.CancelFunc
}

// Read reads what has come.
func (b *impatientBody) Read(p []byte) (int, error) {
	late := time.AfterFunc(b.most, b.cancel)
	n, err := b.ReadCloser.Read(p)
	if !late.Stop() && err != nil && err != io.EOF {
		err = errSilent
	}
	return n, err
}

// Close ends the request.
func (b *impatientBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
