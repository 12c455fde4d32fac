package rules

import (
	"fmt"
	"io"
	"strings"

	"github.com/ftlint/ftlint/internal/catalog"
	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on images themselves: those in the data, and, where
// they are fetched, those behind URLs.

var base64Invalid = lint.Rule{
	ID: "FTV008", Name: "base64-invalid", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "The base64 of an image is not valid",
		Why: "The services decode data URIs strictly as standard base64 (RFC 4648) and skip an image that they cannot decode: \"invalid format\". " +
			"Line breaks, the alphabet for URLs (- and _) and missing = signs come from tools that write base64 in another form; the fix writes it anew. What cannot be read at all is dropped.",
		Help: "encode the file anew: standard base64, with = at the end, without line breaks",
		Bad:  []string{seen(pngURI + redPNG[:60] + `\n` + redPNG[60:]), seen(pngURI + strings.NewReplacer("+", "-", "/", "_").Replace(redPNG)), seen(pngURI + strings.Replace(redPNG, "A", "*", 1))},
		Good: []string{seen(pngURI + redPNG)},
	},
	Example: onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		if pic.data == nil {
			return
		}
		d, u := pic.data, &pic.url
		end := len(u.Raw)
		at := func(i int) dataset.Value { return pic.place(i, min(i+1, end)) }
		var r lint.Reported
		switch {
		case d.Bad >= 0:
			r = p.Report(at(d.Bad), "the base64 of the image has a character that is not base64")
		case d.Padded >= 0:
			r = p.Report(at(d.Padded), "the base64 of the image goes on behind its end (=)")
		case d.Torn:
			r = p.Report(pic.place(end-1, end), "the base64 of the image was cut off: one character is left over")
		case d.URLSafe >= 0:
			r = p.Report(at(d.URLSafe), "the base64 of the image is in the alphabet for URLs (- and _), not in the standard one (+ and /)")
		case d.Space >= 0:
			r = p.Report(at(d.Space), "the base64 of the image has white space or line breaks in it")
		case d.Missing > 0:
			r = p.Report(pic.place(max(0, end-4), end), "the base64 of the image lacks %s at its end", lint.Text(strings.Repeat("=", d.Missing)))
		case pic.info.Bytes == 0:
			r = p.Report(pic.part.URL, "the data URI holds no data")
		default:
			return
		}
		if !pic.known {
			r.Fix(lint.UnsafeFix, pic.drop(e))
			return
		}
		r.Fix(lint.UnsafeFix, func(ed *lint.Editor) {
			start := pic.part.URL.Start + 1
			file, _ := io.ReadAll(u.Data()) // reading base64 is never an error
			_, text, _ := strings.Cut(images.DataURI("", file), ",")
			ed.ReplaceBytes(start+uint32(u.DataAt), start+uint32(end), text)
		})
	}),
}

// onFiles makes a rule's function of one for the file of a picture.
func onFiles(check func(p *lint.Pass, e *dataset.Example, pic *picture)) func(*lint.Pass, *dataset.Example) {
	return onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		if pic.known {
			check(p, e, pic)
		}
	})
}

// onImages is onFiles for files of the formats that services take.
func onImages(check func(p *lint.Pass, e *dataset.Example, pic *picture)) func(*lint.Pass, *dataset.Example) {
	return onFiles(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		if images.Supported(pic.info.Format) {
			check(p, e, pic)
		}
	})
}

// convert writes the image of a data URI anew, or drops it if it cannot be read.
func (pic *picture) convert(e *dataset.Example) func(*lint.Editor) {
	return func(ed *lint.Editor) {
		file, _ := io.ReadAll(pic.url.Data()) // reading base64 is never an error
		converted, format, err := images.Convert(file, pic.info, doubtfulImageSize)
		if err != nil {
			pic.drop(e)(ed)
			return
		}
		pic.replaceURL(ed, images.DataURI(format, converted))
	}
}

// convertible reports whether convert can be tried: the image is in the data, nothing
// else is wrong with its URL, and it is not too large.
func (pic *picture) convertible() bool {
	return pic.url.Kind == images.Embedded && !pic.data.Faulty() && int64(pic.info.Width)*int64(pic.info.Height) <= images.MaxPixels
}

var imageTooBig = lint.Rule{
	ID: "FTV004", Name: "image-too-big", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "An image is larger than 10 MB",
		Why: "Both providers document at most 10 MB for an image; larger ones are skipped. It is the size of the file that counts, not that of its base64. " +
			"The documents do not say what a MB is: from 10,000,000 bytes it is a warning, from 10,485,760 an error. The fix writes the image anew and, if it must, in fewer pixels.",
		Help: "make the image smaller: for the model it is scaled down anyhow",
	},
	Example: onFiles(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		var r lint.Reported
		switch n := pic.info.Bytes; {
		case pic.fetched.Cut:
			r = p.Report(pic.part.URL, "the image is larger than the 10 MB that it may have")
		case n >= maxImageSize:
			r = p.Report(pic.part.URL, "the image has %s bytes, more than the 10 MB that it may have", lint.Int(n))
		case n >= doubtfulImageSize:
			r = p.ReportAs(lint.Warning, pic.part.URL, "the image has %s bytes, more than 10 MB if the service counts in thousands", lint.Int(n))
		default:
			return
		}
		if pic.convertible() && images.Supported(pic.info.Format) && pic.info.Mode.Colour() {
			r.Fix(lint.UnsafeFix, pic.convert(e))
		}
	}),
}

var imageFormat = lint.Rule{
	ID: "FTV005", Name: "image-format", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "An image is not a JPEG, PNG or WEBP file",
		Why:   "Both providers document JPEG, PNG and WEBP only and skip others: \"invalid format\". What counts is what the file is, not what its type or name says.",
		Help:  "convert the image to PNG or JPEG",
		Bad:   []string{seen("data:image/gif;base64," + aGIF)},
		Good:  []string{seen(pngURI + redPNG)},
	},
	Example: onFiles(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		switch format := pic.info.Format; {
		case images.Supported(format):
		case format == "":
			p.Report(pic.part.URL, "the data are those of no known image format: services take JPEG, PNG and WEBP")
		default:
			p.Report(pic.part.URL, "the file is in the format "+strings.ToUpper(format)+": services take JPEG, PNG and WEBP")
		}
	}),
}

var imageMode = lint.Rule{
	ID: "FTV006", Name: "image-mode", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "An image is not in RGB or RGBA",
		Why: "Both providers document that images must be in RGB or RGBA mode: greyscale, CMYK and palette images are skipped. More than 8 bits a channel are a warning, as the documents do not speak of them. " +
			"The fix converts the image; a JPEG file loses a little quality by it.",
		Help: "convert the image to RGB with 8 bits a channel",
		Bad:  []string{seen(pngURI + greyPNG)},
		Good: []string{seen(pngURI + redPNG)},
	},
	Example: onImages(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		info := &pic.info
		var r lint.Reported
		switch {
		case info.Mode == dataset.ModeUnknown: // FTV016
			return
		case !info.Mode.Colour():
			r = p.Report(pic.part.URL, "the colours of the image are "+info.Mode.String()+", but must be RGB or RGBA")
		case info.Bits > 8 && !info.Animated: // one of several frames will be written anew anyhow: FTV020
			r = p.ReportAs(lint.Warning, pic.part.URL, "the image has %s bits a channel, where 8 are usual", lint.Int(int64(info.Bits)))
		default:
			return
		}
		if pic.convertible() && info.Damage == "" {
			r.Fix(lint.UnsafeFix, pic.convert(e))
		}
	}),
}

var mimeMismatch = lint.Rule{
	ID: "FTV007", Name: "mime-mismatch", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "An image is said to be of another type than it is",
		Why:   "A reader that believes the type cannot decode the image. Most look at the file itself, and no service is known to refuse it, so this is advice.",
		Help:  "write the type that the file has",
		Bad:   []string{seen("data:image/jpeg;base64," + redPNG)},
		Good:  []string{seen(pngURI + redPNG)},
	},
	Example: onImages(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		format := pic.info.Format
		switch u := &pic.url; {
		case u.Kind == images.Embedded && images.FormatOf(u.Type) != format:
			p.Report(pic.place(u.TypeAt, u.TypeTo), "%s is said, but the file is image/%s", lint.Text(u.Type), lint.Text(format)).Fix(lint.SafeFix, func(ed *lint.Editor) {
				v := pic.place(u.TypeAt, u.TypeTo)
				ed.ReplaceBytes(v.Start, v.End, "image/"+format)
			})
		case pic.remote() && strings.HasPrefix(pic.fetched.Type, "image/") && images.FormatOf(pic.fetched.Type) != format:
			p.Report(pic.part.URL, "the server says %s, but the file is image/%s", lint.Text(pic.fetched.Type), lint.Text(format))
		}
	}),
}

var imageCorrupt = lint.Rule{
	ID: "FTV016", Name: "image-corrupt", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "An image is cut off or damaged",
		Why: "The services skip images that they cannot read: \"invalid format\". Looked at are the structure of the file, its end and the checksums of PNG; pixels only with --deep-images. " +
			"The fix drops the image, and the example if its message has nothing else.",
		Help: "embed the image again from its source",
		Bad:  []string{seen(pngURI + redPNG[:len(redPNG)-24])},
		Good: []string{seen(pngURI + redPNG)},
	},
	Example: onImages(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		if pic.info.Damage == "" {
			return
		}
		kind, detail, more := strings.Cut(pic.info.Damage, ": ")
		if more {
			detail = ": " + detail
		}
		r := p.Report(pic.part.URL, "the image "+kind+"%s", lint.Text(detail))
		if pic.data != nil {
			r.Fix(lint.UnsafeFix, pic.drop(e))
		}
	}),
}

// minSide is the width and height in pixels below which an image shows nothing.
const minSide = 8

var imageTiny = lint.Rule{
	ID: "FTV019", Name: "image-tiny", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "An image is less than 8 pixels wide or high",
		Why:   "It shows nothing, and is often what is left of a failed download: a tracking pixel. This is advice, as it is inferred; no service is known to refuse it.",
		Help:  "look at the image, and replace it",
		Bad:   []string{seen(pngURI + tinyPNG)},
		Good:  []string{seen(pngURI + redPNG)},
	},
	Example: onImages(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		if w, h := pic.info.Width, pic.info.Height; w > 0 && h > 0 && min(w, h) < minSide {
			p.Report(pic.part.URL, "the image is %s x %s pixels", lint.Int(int64(w)), lint.Int(int64(h)))
		}
	}),
}

var imageAnimated = lint.Rule{
	ID: "FTV020", Name: "image-animated", Since: since,
	Severity: lint.Warning, Evidence: lint.Inferred,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage, ShowsImage: true,
	Doc: lint.Doc{
		Title: "An image moves",
		Why:   "Which frame of an animated PNG or WEBP file the model sees is written nowhere. This is advice, as it is inferred; no service is known to refuse it.",
		Help:  "keep the one frame that is meant",
		Bad:   []string{seen(pngURI + movingPNG)},
		Good:  []string{seen(pngURI + redPNG)},
	},
	Example: onImages(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		if pic.info.Animated {
			p.Report(pic.part.URL, "the image has several frames: which one the model sees is not defined")
		}
	}),
}

// imageTotals adds up what the images of a file cost.
type imageTotals struct {
	settings *lint.Settings
	rule     catalog.ImageRule
	report   func(*imageTotals, *lint.Pass)

	known, large  int64 // images of known size; of more than fits the small square
	tokens, low   int64 // of the known ones as they are; with low detail
	embedded      int64 // images in the data
	base64        int64 // characters of their base64
	embeddedTotal int64 // tokens of them by their size
}

// visionModel is the model whose way of counting images holds where no other is
// named.
const visionModel = "gpt-4.1"

// lowSide is the side in pixels of the square that low detail scales an image to.
const lowSide = 512

// newImageTotals returns what makes collectors that report so.
func newImageTotals(report func(*imageTotals, *lint.Pass)) func(*lint.Settings) lint.Collector {
	return func(s *lint.Settings) lint.Collector {
		t := &imageTotals{settings: s, report: report}
		c, err := catalog.Load()
		if err != nil {
			panic(err) // it is part of the program
		}
		ok := false
		if s.Model != nil {
			t.rule, ok = c.ImageTokens(s.Model.Name)
		}
		if !ok {
			t.rule, _ = c.ImageTokens(visionModel)
		}
		return t
	}
}

// Add adds the images of an example.
func (t *imageTotals) Add(e *dataset.Example) {
	all := pictures(t.settings, e)
	for i := range all {
		pic := &all[i]
		if !pic.known || pic.info.Width == 0 {
			continue
		}
		low := string(e.Text(pic.part.Detail)) == "low"
		tokens := int64(t.rule.Tokens(low, pic.info.Width, pic.info.Height))
		t.known++
		t.tokens += tokens
		t.low += int64(t.rule.Tokens(true, pic.info.Width, pic.info.Height))
		if max(pic.info.Width, pic.info.Height) > lowSide {
			t.large++
		}
		if pic.url.HasData() {
			t.embedded++
			t.embeddedTotal += tokens
			t.base64 += int64(len(pic.url.Raw) - pic.url.DataAt)
		}
	}
}

// Merge adds the images of the lines that follow.
func (t *imageTotals) Merge(next lint.Collector, _ int64) {
	n := next.(*imageTotals)
	t.known += n.known
	t.large += n.large
	t.tokens += n.tokens
	t.low += n.low
	t.embedded += n.embedded
	t.base64 += n.base64
	t.embeddedTotal += n.embeddedTotal
}

// Finish reports.
func (t *imageTotals) Finish(p *lint.Pass, _ *lint.File) { t.report(t, p) }

// worthSaving is how many tokens are worth a word.
const worthSaving = 10_000

var detailLowHint = lint.Rule{
	ID: "FTV014", Name: "detail-low-hint", Since: since,
	Severity: lint.Info, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "Images would cost less with low detail",
		Why: "With \"detail\": \"low\" an image is scaled to 512 x 512 pixels and costs 85 tokens (gpt-4o, gpt-4.1), which Azure's guide advises where it is enough. " +
			"Images that are no larger lose nothing by it. Told from 10,000 tokens on.",
		Help:     "write \"detail\": \"low\" beside the URL where small images are enough",
		BadFile:  sample(func() string { return goodFile() + redExamples(60) }),
		GoodFile: sample(func() string { return goodFile() + redExamples(5) }),
	},
	Collector: newImageTotals(func(t *imageTotals, p *lint.Pass) {
		saved := t.tokens - t.low
		if saved < worthSaving {
			return
		}
		percent := lint.Int(100 * saved / t.tokens)
		if t.large == 0 {
			p.ReportFile("with low detail the images would cost %s fewer tokens (%s %%) an epoch: all fit in 512 x 512 pixels, so that nothing is lost", lint.Int(saved), percent)
		} else {
			p.ReportFile("with low detail the images would cost %s fewer tokens (%s %%) an epoch; %s are larger than 512 x 512 pixels and would be scaled down", lint.Int(saved), percent, lint.Int(t.large))
		}
	}),
}

// redExamples are n lines about a small image.
func redExamples(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"messages":[%s,{"role":"user","content":[{"type":"text","text":"Which colour has picture %d?"},{"type":"image_url","image_url":{"url":"%s%s"}}]},{"role":"assistant","content":"Picture %d is red."}]}`+"\n", sysMsg, i, pngURI, redPNG, i)
	}
	return b.String()
}

var imageBytesCost = lint.Rule{
	ID: "FTV015", Name: "image-bytes-cost", Since: since,
	Severity: lint.Info, Evidence: lint.Measured,
	Providers: dataset.Azure, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "Azure may count embedded images by their bytes",
		Why: "Two public jobs on Azure reported trained tokens of epochs x bytes of the file / 4: base64 counted as text, not images by their size. Whether the invoice follows is not known, so both figures are shown. " +
			"Told where the bytes come to more, and to 10,000 tokens.",
		Help: "make embedded images smaller, or give them by URL",
	},
	Collector: newImageTotals(func(t *imageTotals, p *lint.Pass) {
		if byBytes := t.base64 / 4; byBytes > t.embeddedTotal && byBytes >= worthSaving {
			p.ReportFile("the %s embedded images are %s tokens an epoch by their size, but %s by their bytes / 4, which Azure has reported of such jobs",
				lint.Int(t.embedded), lint.Int(t.embeddedTotal), lint.Int(byBytes))
		}
	}),
}
