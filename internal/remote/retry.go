package remote

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// The library sends requests again by itself where their bodies lie in memory. What
// follows is for bodies that are read from files.

// retryAfter returns how long a service asks to wait, in all the ways in which it may
// say so.
func retryAfter(h http.Header, now time.Time) time.Duration {
	for _, name := range []string{"retry-after-ms", "x-ms-retry-after-ms"} {
		if ms, err := strconv.ParseFloat(h.Get(name), 64); err == nil && ms > 0 {
			return time.Duration(ms * float64(time.Millisecond))
		}
	}
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// pause waits before attempt n, counted from 1, after err. It reports false if nothing
// is to be tried again.
func (c *Client) pause(ctx context.Context, n int, err error) bool {
	if n > retries || ctx.Err() != nil {
		return false
	}
	delay := min(time.Second<<(n-1), 30*time.Second)
	delay -= rand.N(delay / 4)
	if e := (*Error)(nil); errors.As(err, &e) {
		if e.RetryAfter > longestDelay {
			return false
		}
		delay = max(delay, e.RetryAfter)
	}
	return c.Wait(ctx, delay) == nil
}

// passing reports whether an error may go away by itself.
func passing(err error) bool {
	switch status := Status(err); status {
	case 0, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	default:
		return status >= 500
	}
}
