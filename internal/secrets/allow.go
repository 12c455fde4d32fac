package secrets

import (
	"bytes"
	"strings"
)

// Allow returns a function for Finder.Allowed: it reports whether a text is one of a
// list, in which * stands for any text. Case does not count.
func Allow(list []string) func(text []byte) bool {
	if len(list) == 0 {
		return nil
	}
	exact, patterns := map[string]bool{}, [][]string{}
	for _, one := range list {
		one = strings.ToLower(one)
		if parts := strings.Split(one, "*"); len(parts) > 1 {
			patterns = append(patterns, parts)
		} else {
			exact[one] = true
		}
	}
	return func(text []byte) bool {
		text = bytes.ToLower(text)
		if exact[string(text)] {
			return true
		}
		for _, parts := range patterns {
			if matches(text, parts) {
				return true
			}
		}
		return false
	}
}

// matches reports whether text is made of the parts, with anything between them.
func matches(text []byte, parts []string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !bytes.HasPrefix(text, []byte(first)) || !bytes.HasSuffix(text, []byte(last)) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := bytes.Index(text, []byte(part))
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
