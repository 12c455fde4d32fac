package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/openai/openai-go/v3"
)

// Error is a refusal of the service.
type Error struct {
	What    string // what was tried, such as "uploading train.jsonl"
	Status  int    // of HTTP; 0: it is told of something that failed later, such as a job
	Code    string // of the service; may be empty
	Message string // of the service
	Request string // the id by which the service's support finds the request
	// Control says that it is Azure's control plane that refuses.
	Control bool
	// RetryAfter is how long the service asks to wait.
	RetryAfter time.Duration
}

// Error says what the service said.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Status == 0 {
		return strings.TrimSuffix(e.What+": "+strings.TrimPrefix(e.Code+": "+e.Message, ": "), ": ")
	}
	fmt.Fprintf(&b, "%s: the service answers %d", e.What, e.Status)
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	} else {
		b.WriteString(" " + http.StatusText(e.Status))
	}
	if e.Request != "" {
		b.WriteString(" (request " + e.Request + ")")
	}
	return b.String()
}

// failed words an error of a request.
func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	var refusal *openai.Error
	if errors.As(err, &refusal) {
		e := &Error{What: what, Status: refusal.StatusCode, Code: Redact(refusal.Code), Message: Redact(refusal.Message)}
		e.fill(refusal)
		return e
	}
	// What the library and the system say can have the whole URL in it.
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = &redacted{u.Err}
	}
	if broken := (*json.SyntaxError)(nil); errors.As(err, &broken) {
		return fmt.Errorf("%s: the answer of the service is broken, as a gateway in between can leave it: %w", what, &redacted{err})
	}
	return fmt.Errorf("%s: %w", what, &redacted{err})
}

// fill adds what the library does not read.
func (e *Error) fill(refusal *openai.Error) {
	if refusal.Response != nil {
		e.RetryAfter = retryAfter(refusal.Response.Header, time.Now())
		for _, name := range []string{"x-request-id", "apim-request-id", "x-ms-request-id"} {
			if id := refusal.Response.Header.Get(name); id != "" {
				e.Request = id
				break
			}
		}
	}
	if e.Message != "" {
		return
	}
	var body struct {
		Message string `json:"message"`
		Error   struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
		Detail string `json:"detail"`
	}
	if json.Unmarshal([]byte(refusal.RawJSON()), &body) == nil {
		e.Message = Redact(cmp.Or(body.Error.Message, body.Message, body.Detail))
		e.Code = cmp.Or(e.Code, Redact(body.Error.Code))
	}
}

// redacted is an error without secrets in its text.
type redacted struct{ err error }

func (r *redacted) Error() string { return Redact(r.err.Error()) }
func (r *redacted) Unwrap() error { return r.err }

// secretPatterns are parts of texts that are never shown: who asks for an address, by name
// and password, its query, which can be a shared access signature, tokens, and keys in
// headers.
var secretPatterns = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(\bhttps?://)[^/?#\s"']+(@)`),
	regexp.MustCompile(`(https?://[^\s"'?]+\?)[^\s"']+`),
	regexp.MustCompile(`(?i)(\bsig=)[^&\s"']+`),
	regexp.MustCompile(`(?i)(bearer )[A-Za-z0-9._~+/=-]+`),
	regexp.MustCompile(`(?i)(api-key["']?\s*[:=]\s*["']?)[^\s"',;]+`),
	regexp.MustCompile(`()\bsk-[A-Za-z0-9_-]{8,}`),
}

// hidden are the keys, tokens and signatures of this process, which no text shows, however
// a service repeats them.
var hidden struct {
	sync.Mutex
	list []string
}

// hide makes Redact write asterisks over a secret, also as it is written in addresses.
// Short ones are left: they could be parts of words.
func hide(secret string) {
	hidden.Lock()
	defer hidden.Unlock()
	for _, form := range []string{secret, url.QueryEscape(secret)} {
		if len(form) >= 8 && !slices.Contains(hidden.list, form) {
			hidden.list = append(hidden.list, form)
		}
	}
}

// hideSignature hides the signature of an address.
func hideSignature(address string) {
	if u, err := url.Parse(address); err == nil {
		hide(u.Query().Get("sig"))
	}
}

// hiding is a credential whose tokens are hidden.
type hiding struct{ azcore.TokenCredential }

// GetToken returns a token.
func (h hiding) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := h.TokenCredential.GetToken(ctx, o)
	hide(token.Token)
	return token, err
}

// Redact writes asterisks over what must not be shown in a text of a service or a
// library.
func Redact(text string) string {
	for _, p := range secretPatterns {
		text = p.ReplaceAllString(text, "${1}***${2}")
	}
	hidden.Lock()
	defer hidden.Unlock()
	for _, secret := range hidden.list {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// Status returns the HTTP status of a refusal, or 0 for another error.
func Status(err error) int {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// nothingAccepted reports whether a request that failed so was certainly not carried
// out: it can be sent again without being done twice.
func nothingAccepted(err error) bool {
	switch Status(err) {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case 0:
	default:
		return false
	}
	op := (*net.OpError)(nil)
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &op) && op.Op == "dial"
}

// ambiguous reports whether a request that failed so may have been carried out.
func ambiguous(err error) bool {
	status := Status(err)
	return err != nil && !nothingAccepted(err) && (status == 0 || status == http.StatusRequestTimeout || status >= 500)
}
