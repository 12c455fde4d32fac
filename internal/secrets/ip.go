package secrets

import (
	"bytes"
	"net/netip"
)

// ip is off, as addresses of servers are in much text about computers.
var ip = &Kind{Name: "ip", Title: "an IP address", Label: "IP", Personal: true, Off: true}

// What addresses are made of.
var (
	quad     = of("0-9.")
	hexDigit = of("0-9A-Fa-f")
	hextets  = of("0-9A-Fa-f:")
)

// ipAddress finds an IP address that begins with the digit at i: one that is on the
// internet and nobody's example.
func ipAddress(text []byte, i int) (start, end int) {
	// Of IPv6 2000::/3 is in use, whose first group has four digits: it begins with 2 or 3.
	v6 := i+5 < len(text) && text[i+4] == ':' && run(text[i:i+4], hexDigit) == 4
	form, least, most := quad, len("1.2.3.4"), len("255.255.255.255")
	if v6 {
		form, least, most = hextets, len("2001::"), 39
	}
	if i > 0 && (!opens(text, i, v6) || toFillIn(text, i)) {
		return -1, 0
	}
	n := run(text[i:min(len(text), i+most+2)], form)
	if n > 0 && (text[i+n-1] == '.' || text[i+n-1] == ':' && n > 1 && text[i+n-2] != ':') {
		n-- // the end of a sentence
	}
	if n < least || n > most || !closes(text, i+n) {
		return -1, 0
	}
	address, err := netip.ParseAddr(string(text[i : i+n]))
	switch {
	case err != nil:
	case v6 && publicV6(address), !v6 && publicV4(address) && !isVersion(text[:i], address):
		return i, i + n
	}
	return -1, 0
}

// opens reports whether an address may begin at i, which is not the first byte.
func opens(text []byte, i int, v6 bool) bool {
	switch c := text[i-1]; {
	case word[c]:
		return free(text, i, word) // behind an escape of JSON
	case c == '/':
		return i > 1 && text[i-2] == '/'
	case c == ':':
		return !v6
	default:
		return bytes.IndexByte([]byte(".-+%$#~^<"), c) < 0
	}
}

// closes reports whether an address may end before at.
func closes(text []byte, at int) bool {
	if at >= len(text) {
		return true
	}
	switch c := text[at]; {
	case word[c], c == '-', c == '+', c == '%':
		return false
	case c == '/':
		return at+1 >= len(text) || !digits[text[at+1]] // 8.8.0.0/16 is a network
	case c == '.':
		return at+1 >= len(text) || !word[text[at+1]]
	}
	return true
}

// reserved are networks that no one has: private ones, and those of documentation and
// of tests.
var reserved = networks("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "2001:db8::/32", "2001::/23", "2002::/16", "3fff::/20")

func networks(list ...string) (all []netip.Prefix) {
	for _, one := range list {
		all = append(all, netip.MustParsePrefix(one))
	}
	return all
}

func isReserved(address netip.Addr) bool {
	for _, network := range reserved {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// publicV6 reports whether an address may be somebody's, and is not a network's.
func publicV6(address netip.Addr) bool {
	return address.Is6() && address.As16()[0]>>5 == 1 && address.As16()[15]|address.As16()[14] != 0 && !isReserved(address)
}

// publicV4 reports whether an address may be somebody's. The servers for names that
// everybody may ask are not, nor is 1.2.3.4 and what else is more likely a number of a
// chapter.
func publicV4(address netip.Addr) bool {
	if !address.Is4() || isReserved(address) {
		return false
	}
	switch address.String() {
	case "1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "208.67.222.222", "208.67.220.220":
		return false
	}
	for _, part := range address.As4() {
		if part >= 10 {
			return true
		}
	}
	return false
}

// isVersion reports whether the text before four numbers says that they are a version.
func isVersion(before []byte, address netip.Addr) bool {
	tail := bytes.ToLower(before[max(0, len(before)-24):])
	for _, says := range []string{"version", "ver.", "release", "firmware", "driver", "build", "update", "patch", "chrome/", "safari/", "edg/", "section", "chapter", "oid"} {
		if bytes.Contains(tail, []byte(says)) {
			return true
		}
	}
	parts := address.As4()
	return parts[1] == 0 && parts[2] == 0 || parts[2] == 0 && parts[3] == 0 // 108.0.0.0, of browsers; and networks
}
