package images

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Link is what can be said of a URL without fetching it.
type Link struct {
	Unreadable  bool // it is no URL
	NoHost      bool
	Credentials bool   // it has a user name or a password in it
	Signed      bool   // it has a shared access signature
	Private     string // its host, if nobody else reaches that
	// Expired is when its signature expired; zero if it has none, or that is still
	// valid, or there is no telling.
	Expired time.Time
}

// ReadLink looks at the URL of an image behind HTTP, at the time now.
func ReadLink(text string, now time.Time) Link {
	u, err := url.Parse(text)
	if err != nil {
		return Link{Unreadable: true}
	}
	l := Link{NoHost: u.Hostname() == "", Credentials: u.User != nil}
	if host := u.Hostname(); !l.NoHost && !publicHost(host) {
		l.Private = host
	}
	if u.RawQuery != "" {
		q := u.Query()
		l.Signed = q.Get("sig") != ""
		if end := expiry(q); !now.IsZero() && !end.IsZero() && end.Before(now) {
			l.Expired = end
		}
	}
	return l
}

// privateEndings are of names that only a network of one's own knows (RFC 6761,
// 6762, 8375 and what is customary).
var privateEndings = []string{".localhost", ".local", ".internal", ".intranet", ".lan", ".corp", ".home", ".home.arpa"}

func publicHost(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return Public(a)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if a, ok := oddAddress(host); ok {
		return Public(a)
	}
	if !strings.Contains(host, ".") {
		return false // localhost, and names of machines
	}
	for _, ending := range privateEndings {
		if strings.HasSuffix(host, ending) {
			return false
		}
	}
	return true
}

// oddAddress reads IPv4 addresses in the forms that browsers take and netip does
// not: 127.1, 0x7f.0.0.1, 2130706433.
func oddAddress(host string) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 0, 32)
		if err != nil || strings.ContainsAny(part, "_+") {
			return netip.Addr{}, false
		}
		if i == len(parts)-1 {
			sum = sum<<(8*(4-i)) | n
		} else if n > 255 {
			return netip.Addr{}, false
		} else {
			sum = sum<<8 | n
		}
	}
	if sum > 0xFFFFFFFF {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// expiry returns when a signature ends: of a shared access signature of Azure (se),
// or of signed URLs of AWS and Google (a date and seconds).
func expiry(q url.Values) time.Time {
	if end := q.Get("se"); end != "" && q.Get("sig") != "" {
		for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02"} {
			if t, err := time.Parse(form, end); err == nil {
				return t
			}
		}
	}
	for _, by := range []string{"X-Amz-", "X-Goog-"} {
		date, err := time.Parse("20060102T150405Z", q.Get(by+"Date"))
		seconds, errSeconds := strconv.ParseInt(q.Get(by+"Expires"), 10, 32)
		if err == nil && errSeconds == nil {
			return date.Add(time.Duration(seconds) * time.Second)
		}
	}
	return time.Time{}
}
