package secrets

import "bytes"

// signatures are what stands in URLs before a secret: shared access signatures of
// Azure, signed URLs of AWS and Google. The secret goes on to the next separator.
var signatures = [][]byte{
	[]byte("sig="), []byte("sig%3D"), []byte("sig%3d"),
	[]byte("Signature="), []byte("Security-Token="), []byte("Credential="),
}

// maskURLs writes asterisks over the secrets of URLs in text: signatures, and names and
// passwords before the host. Lengths stay as they are.
func maskURLs(text []byte) {
	for _, before := range signatures {
		for rest := text; ; {
			i := bytes.Index(rest, before)
			if i < 0 {
				break
			}
			rest = rest[i+len(before):]
			rest = rest[cover(rest, secretEnds):]
		}
	}
	for rest := text; ; {
		i := bytes.Index(rest, []byte("//")) // also of a URL without its scheme
		if i < 0 {
			return
		}
		rest = rest[i+len("//"):]
		host := rest
		if end := bytes.IndexAny(rest, hostEnds); end >= 0 {
			host = rest[:end]
		}
		// A password may have an @ of its own: the host begins behind the last.
		if at := bytes.LastIndexByte(host, '@'); at > 0 {
			cover(host[:at], "")
		}
	}
}

const (
	secretEnds = "&\"'\\<> \t\r\n"
	hostEnds   = "/?#\"'\\<> \t\r\n"
)

// cover writes asterisks over text up to one of ends, and returns how many.
func cover(text []byte, ends string) int {
	n := len(text)
	if ends != "" {
		if i := bytes.IndexAny(text, ends); i >= 0 {
			n = i
		}
	}
	for i := range text[:n] {
		text[i] = '*'
	}
	return n
}
