package term

import (
	"io"
	"unicode/utf8"
)

// Safe is a writer for text of a stranger that comes in pieces and has lines, such as
// that of a model. It writes it as Sanitize does, but for what text needs: line ends,
// tabs, and the zero-width joiners of emoji and of scripts. Pieces may end within a
// character. A carriage return before a line end is left out.
type Safe struct {
	out     io.Writer
	pending []byte // the beginning of a character, or a carriage return
	// Last is the last byte that was written; 0: none was.
	Last byte
}

// NewSafe returns a writer that writes to out.
func NewSafe(out io.Writer) *Safe { return &Safe{out: out} }

// Write writes the characters that are complete.
func (s *Safe) Write(p []byte) (int, error) {
	text := append(s.pending, p...)
	at := whole(text)
	s.pending = append([]byte(nil), text[at:]...)
	return len(p), s.write(text[:at])
}

// Flush writes what waits to be complete. It is called at the end of the text.
func (s *Safe) Flush() error {
	text := s.pending
	s.pending = nil
	return s.write(text)
}

// whole returns how much of text can be written before the rest of it is known.
func whole(text []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if b := text[len(text)-back]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-back:]) || b == '\r' && back == 1 {
				return len(text) - back
			}
			break
		}
	}
	return len(text)
}

func (s *Safe) write(text []byte) error {
	var safe []byte
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == '\r' && n < len(text) && text[n] == '\n':
		case r == '\n' || r == '\t' || r == 0x200C || r == 0x200D || !unsafe(r, n):
			safe = append(safe, text[:n]...)
		default:
			safe = appendEscape(safe, r, n, text[0])
		}
		text = text[n:]
	}
	if len(safe) == 0 {
		return nil
	}
	s.Last = safe[len(safe)-1]
	_, err := s.out.Write(safe)
	return err
}
