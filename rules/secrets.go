package rules

import (
	"bytes"
	"math"
	"strconv"

	"github.com/ftlint/ftlint/internal/secrets"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on what should not be trained: keys to services, and data
// about persons. No message of theirs says what was found.

// found are the secrets and personal data of a line.
func found(s *lint.Settings, e *dataset.Example) []secrets.Found {
	return e.Derived("secrets", func() any {
		finder := secrets.Finder{Detect: s.Detect, Allowed: s.Allowed}
		if e.Facts&dataset.FactImage == 0 {
			return finder.Scan(e.Line, nil)
		}
		return foundBesideImages(&finder, s, e)
	}).([]secrets.Found)
}

// foundBesideImages looks at a line without the data of its images, in which nothing can
// stand: it is most of the line.
func foundBesideImages(finder *secrets.Finder, s *lint.Settings, e *dataset.Example) (all []secrets.Found) {
	done := 0
	scan := func(end int) {
		before := len(all)
		all = finder.Scan(e.Line[done:end], all)
		for i := before; i < len(all); i++ {
			all[i].Start += done
			all[i].End += done
		}
	}
	list := pictures(s, e)
	for i := range list {
		if pic := &list[i]; pic.url.HasData() && int(pic.part.URL.Start) >= done {
			scan(int(pic.part.URL.Start) + 1)
			done = int(pic.part.URL.End) - 1
		}
	}
	scan(len(e.Line))
	return all
}

// inImageURL reports whether a place of the line is in the URL of an image, which
// FTS004 speaks of.
func inImageURL(s *lint.Settings, e *dataset.Example, at int) bool {
	all := pictures(s, e)
	for i := range all {
		if v := all[i].part.URL; int(v.Start) < at && at < int(v.End) {
			return true
		}
	}
	return false
}

// reportFound reports what was found of secrets, or of personal data.
func reportFound(personal bool) func(*lint.Pass, *dataset.Example) {
	return func(p *lint.Pass, e *dataset.Example) {
		all := found(p.Settings, e)
		var stand []string // in, where it is fixed
		for i := range all {
			f := &all[i]
			if f.Kind.Personal != personal || e.Facts&dataset.FactImage != 0 && inImageURL(p.Settings, e, f.Start) {
				continue
			}
			v := dataset.Value{Start: uint32(f.Start), End: uint32(f.End), Place: dataset.PlaceInside}
			p.Report(v, "holds "+f.Kind.Title).Fix(lint.UnsafeFix, func(ed *lint.Editor) {
				if stand == nil {
					stand = standIns(e, all)
				}
				ed.ReplaceBytes(v.Start, v.End, stand[i])
			})
		}
	}
}

// standIns are what takes the places of all that was found: its kind, with a number that
// is the same for the same text in the example, and that nothing there has yet: what an
// earlier pass wrote stands for something else. A hash could be guessed.
func standIns(e *dataset.Example, all []secrets.Found) []string {
	numbers, last := map[string]int{}, map[string]int{} // by kind and text, and by kind
	list := make([]string, len(all))
	for i := range all {
		label := all[i].Kind.Label
		key := label + "_" + string(e.Line[all[i].Start:all[i].End])
		if numbers[key] == 0 {
			if _, met := last[label]; !met {
				last[label] = lastStandIn(e.Line, label)
			}
			last[label]++
			numbers[key] = last[label]
		}
		list[i] = "[" + label + "_" + strconv.Itoa(numbers[key]) + "]"
	}
	return list
}

// lastStandIn returns the largest number of the stand-ins with a label in a line, or 0.
func lastStandIn(line []byte, label string) (last int) {
	before := []byte("[" + label + "_")
	for {
		_, rest, found := bytes.Cut(line, before)
		if !found {
			return last
		}
		line = rest
		digits := 0
		for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
			digits++
		}
		if n, err := strconv.Atoi(string(rest[:digits])); err == nil && bytes.HasPrefix(rest[digits:], []byte("]")) && n < math.MaxInt32 {
			last = max(last, n)
		}
	}
}

var secret = lint.Rule{
	ID: "FTS001", Name: "secret", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred | lint.Measured, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedObject,
	Doc: lint.Doc{
		Title: "A line holds a key, a token or a password",
		Why: "A model can repeat what it was trained on, to everybody who asks it the right way; and whoever has the file has the key. Ten of 160 public datasets had such keys in them. " +
			"Keys are known by the forms that their services give them, and where there are any by their checksums. Training is not refused for it. " +
			"The fix writes in its place a word such as [GITHUB_TOKEN_1], the same for the same key within an example.",
		Help: "revoke the key, as it was copied about, and remove it",
		Bad:  []string{chat(sysMsg, `{"role":"user","content":"How do I connect to postgres://shop:h7Gk2pQz@db.internal:5432/shop?"}`, botMsg)},
		Good: []string{chat(sysMsg, `{"role":"user","content":"How do I connect to postgres://shop:password@localhost:5432/shop?"}`, botMsg)},
	},
	Example: reportFound(false),
}

var personalData = lint.Rule{
	ID: "FTS002", Name: "pii", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented | lint.Measured, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedObject,
	Doc: lint.Doc{
		Title: "A line holds data about a person",
		Why: "Azure's guides advise to remove personal data before training: a model can repeat them. Told are e-mail addresses, phone numbers, numbers of cards and accounts, and identity numbers, " +
			"where they have check digits only if these are right; addresses at example.com and numbers known from documentation are not. IP addresses are told with `--detect ip`. Training is not refused for it. " +
			"The fix writes in its place a word such as [EMAIL_1], the same for the same address within an example.",
		Help: "remove the data, or make them up",
		Bad:  []string{chat(sysMsg, `{"role":"user","content":"Who is anna@meyer-soehne.de?"}`, botMsg)},
		Good: []string{chat(sysMsg, `{"role":"user","content":"Who is anna@example.com?"}`, botMsg)},
	},
	Example: reportFound(true),
}

var imageURLCredential = lint.Rule{
	ID: "FTS004", Name: "image-url-credential", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "The URL of an image has a password or a signature in it",
		Why: "Whoever has the file can fetch what the URL gives access to, as long as the password or the shared access signature is valid. " +
			"This is advice: a signed URL can be the only way to show images to the service; then let it expire when the job has run.",
		Help: "give a public URL, or embed the image",
		Bad:  []string{seen("https://me:h7Gk2pQz@cities.example.org/lima.png")},
		Good: []string{seen(goodURL)},
	},
	Example: onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		if !pic.remote() {
			return
		}
		switch l := pic.link(e, p.Now); {
		case l.Credentials:
			p.Report(pic.part.URL, "has a user name or a password in it")
		case l.Signed && l.Expired.IsZero():
			p.Report(pic.part.URL, "has a shared access signature in it, which is as good as a password until it expires")
		}
	}),
}
