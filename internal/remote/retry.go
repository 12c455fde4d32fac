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

// pause waits after attempt n, counted from 1, has failed with err. It returns the error
// to end with if nothing is to be tried again.
func (c *Client) pause(ctx context.Context, n int, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case n > retries || !passing(err):
		return err
	}
	delay := min(time.Second<<(n-1), 30*time.Second)
	delay -= rand.N(delay / 4)
	if e := (*Error)(nil); errors.As(err, &e) {
		if e.RetryAfter > longestDelay {
			return err
		}
		delay = max(delay, e.RetryAfter)
	}
	return c.Wait(ctx, delay)
}

// patience is how often in a row something that is waited for may not be asked for.
const patience = 10

// poll asks for something that is waited for, which a connection that is gone for some
// minutes is no reason to give up.
func poll[T any](ctx context.Context, c *Client, ask func() (T, error)) (value T, err error) {
	for range patience {
		if value, err = ask(); err == nil || !passing(err) || ctx.Err() != nil {
			return value, err
		}
		if err := c.Wait(ctx, 30*time.Second); err != nil {
			return value, err
		}
	}
	return value, err
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
