package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/ftlint/ftlint/internal/images"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// This file holds the rules on how images stand in messages, and on how many there
// are; imagefiles.go has those on the images themselves.

// Limits of images, as both providers document them but for the number in an
// example. The catalogue has them too, with their sources.
const (
	azureImages       = 64 // of an example
	openAIImages      = 10
	maxImageExamples  = 50_000
	doubtfulImageSize = 10_000_000 // bytes: 10 MB, if the service counts in thousands
	maxImageSize      = 10 << 20
)

// picture is an image of an example.
type picture struct {
	message *dataset.Message
	part    *dataset.Part
	url     images.URL // of the zero Kind where there is no text
	data    *images.Base64
	// info is of the file; known says that there was one to look at.
	info    dataset.ImageInfo
	known   bool
	fetched dataset.FetchedImage
}

// pictures returns the images of the user's messages, as they are looked at once
// for all rules. Those of other messages must not be there at all.
func pictures(s *lint.Settings, e *dataset.Example) []picture {
	if e.Facts&dataset.FactImage == 0 {
		return nil
	}
	return e.Derived("pictures", func() any {
		var all []picture
		list := messages(e)
		for i := range list {
			m := &list[i]
			if m.Role != dataset.RoleUser {
				continue
			}
			for j := range m.Parts {
				if part := &m.Parts[j]; kindOfPart(e, part) == partImage && part.ImageURL.Filled() {
					all = append(all, newPicture(s, e, m, part))
				}
			}
		}
		return all
	}).([]picture)
}

func newPicture(s *lint.Settings, e *dataset.Example, m *dataset.Message, part *dataset.Part) picture {
	pic := picture{message: m, part: part}
	if part.URL.Kind != dataset.String {
		return pic // FTV018
	}
	raw, _ := dataset.Inside(e.Raw(part.URL))
	pic.url = images.Parse(raw)
	switch {
	case pic.url.HasData():
		pic.look(s)
	case pic.remote() && s.FetchImage != nil && fetchable(pic.link(e, time.Time{})):
		pic.fetched = s.FetchImage(string(e.Text(part.URL)))
		pic.info, pic.known = pic.fetched.ImageInfo, pic.fetched.Problem == ""
	}
	return pic
}

// look reads the file in a data URI.
func (pic *picture) look(s *lint.Settings) {
	pic.data = pic.url.Data()
	pic.info, _ = images.Examine(pic.data) // reading base64 is never an error
	pic.known = pic.data.Readable() && pic.info.Bytes > 0
	if s.DeepImages && pic.known && pic.info.Damage == "" {
		pic.info.Damage = images.CheckPixels(pic.url.Data(), pic.info)
	}
}

func (pic *picture) remote() bool { return pic.url.Kind == images.HTTP || pic.url.Kind == images.HTTPS }

// link is what can be said of the URL of a remote image.
func (pic *picture) link(e *dataset.Example, now time.Time) images.Link {
	return images.ReadLink(string(e.Text(pic.part.URL)), now)
}

// fetchable reports whether a URL is one to fetch: with a name and a password that are
// not ours nothing is.
func fetchable(l images.Link) bool { return !l.Unreadable && !l.NoHost && !l.Credentials }

// place is the value to report for a part of the text of the URL.
func (pic *picture) place(start, end int) dataset.Value {
	v := pic.part.URL
	v.Start, v.End = v.Start+1+uint32(start), v.Start+1+uint32(end)
	return v
}

// onPictures makes a rule's function of one for a picture.
func onPictures(check func(p *lint.Pass, e *dataset.Example, pic *picture)) func(*lint.Pass, *dataset.Example) {
	return func(p *lint.Pass, e *dataset.Example) {
		all := pictures(p.Settings, e)
		for i := range all {
			check(p, e, &all[i])
		}
	}
}

// drop takes an image out of its message, or drops the example if the message has
// nothing else.
func (pic *picture) drop(e *dataset.Example) func(*lint.Editor) {
	return func(ed *lint.Editor) {
		for i := range pic.message.Parts {
			if part := &pic.message.Parts[i]; kindOfPart(e, part) != partImage {
				ed.Remove(pic.part.Value)
				return
			}
		}
		ed.DropLine()
	}
}

// replaceURL puts a text that needs no escapes in the place of the URL.
func (pic *picture) replaceURL(ed *lint.Editor, text string) {
	ed.ReplaceBytes(pic.part.URL.Start+1, pic.part.URL.End-1, text)
}

// Images that the samples in the documentation are made of, of 16 x 16 pixels.
const (
	redPNG    = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAHklEQVR42mI5ISfHQApgYiARjGoY1TB0NAACAAD//1hPAScNFdH4AAAAAElFTkSuQmCC"
	greyPNG   = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAEklEQVR42mJiQAMjXAAQAAD//xMgACHQ7gv9AAAAAElFTkSuQmCC"
	tinyPNG   = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAGElEQVR42mI5ISfHAANMDEgANwcQAAD//zUSAQ85F+qOAAAAAElFTkSuQmCC" // 4 x 4
	movingPNG = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAACGFjVEwAAAACAAAAAPONk3AAAAAaZmNUTAAAAAAAAAAQAAAAEAAAAAAAAAAAAAoAZAAAVt8YHgAAAB5JREFUeNpiOSEnx0AKYGIgEYxqGNUwdDQAAgAA//9YTwEnDRXR+AAAABpmY1RMAAAAAQAAABAAAAAQAAAAAAAAAAAACgBkAADNrPLKAAAAImZkQVQAAAACeNpiOSEnx0AKYGIgEYxqGNUwdDQAAgAA//9YTwEnPHFLJwAAAABJRU5ErkJggg=="
	aGIF      = "R0lGODlhEAAQAIAAAAAAAP///ywAAAAAEAAQAAACDoSPqcvtD6OctNqLsz4FADs="

	pngURI = "data:image/png;base64,"
)

// asks is a message of a user that asks about an image, of which imageURL is the
// field image_url.
func asksAbout(imageURL string) string {
	return `{"role":"user","content":[{"type":"text","text":"Which city is it?"},{"type":"image_url","image_url":` + imageURL + `}]}`
}

// seen is a chat line about an image with the given URL.
func seen(url string) string { return chat(sysMsg, asksAbout(`{"url":"`+url+`"}`), botMsg) }

const goodURL = "https://example.com/lima.png"

var imageRole = lint.Rule{
	ID: "FTV001", Name: "image-role", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.SFT | dataset.RFT,
	Needs: lint.NeedMessages, When: dataset.FactParts,
	Doc: lint.Doc{
		Title: "An image stands in a message that is not the user's",
		Why:   "Both providers document images in user messages only: models are not trained to answer with images. Of preference pairs, which may have none at all, FTP008 speaks.",
		Help:  "move the image to a user message, or remove it",
		Bad:   []string{chat(sysMsg, userMsg, `{"role":"assistant","content":[{"type":"text","text":"Lima."},{"type":"image_url","image_url":{"url":"`+goodURL+`"}}]}`)},
		Good:  []string{seen(goodURL)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		all := messages(e)
		for i := range all {
			m := &all[i]
			if !parts(m) || !known(m) || m.Role == dataset.RoleUser {
				continue
			}
			for j := range m.Parts {
				if part := &m.Parts[j]; part.Kind == dataset.Object && kindOfPart(e, part) == partImage {
					p.Report(part.Value, "an image in a message of the role %s: only users show images", lint.Text(m.Role.String()))
				}
			}
		}
	},
}

var imagesPerExample = lint.Rule{
	ID: "FTV002", Name: "images-per-example", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "An example has more images than it may have",
		Why:   "OpenAI documents at most 10 images in an example, Azure at most 64.",
		Help:  "part the example, or leave images out",
		Bad:   []string{manyImages(azureImages + 1)},
		Good:  []string{manyImages(azureImages)},
	},
	Example: func(p *lint.Pass, e *dataset.Example) {
		limit := azureImages
		if p.Provider&dataset.OpenAI != 0 {
			limit = openAIImages
		}
		n, all := 0, messages(e)
		for i := range all {
			for j := range all[i].Parts {
				if kindOfPart(e, &all[i].Parts[j]) == partImage {
					n++
				}
			}
		}
		if n > limit {
			p.Report(e.Top, "%s images, more than the %s that an example may have", lint.Int(int64(n)), lint.Int(int64(limit)))
		}
	},
}

// manyImages is a chat line with n images.
func manyImages(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"type":"image_url","image_url":{"url":"https://example.com/%d.png","detail":"low"}}`, i)
	}
	return chat(sysMsg, `{"role":"user","content":[{"type":"text","text":"Which cities are these?"}`+b.String()+`]}`, botMsg)
}

var imageExamples = lint.Rule{
	ID: "FTV003", Name: "image-examples", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Doc: lint.Doc{
		Title: "A file has more than 50,000 examples with images",
		Why:   "Both providers document at most 50,000 examples with images in a training file. Examples with text alone do not count.",
		Help:  "leave examples with images out",
	},
	File: func(p *lint.Pass, f *lint.File) {
		if f.Images > maxImageExamples {
			p.ReportFile("%s examples have images, more than the %s that may", lint.Int(f.Images), lint.Int(maxImageExamples))
		}
	},
}

var imageURLShape = lint.Rule{
	ID: "FTV018", Name: "image-url-shape", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.SafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "image_url is not an object with a url",
		Why:   "The documented schema wants {\"type\": \"image_url\", \"image_url\": {\"url\": \"...\"}}. The bare string is a form of other APIs.",
		Help:  "write {\"url\": \"...\"}",
		Bad:   []string{chat(sysMsg, asksAbout(`"`+goodURL+`"`), botMsg)},
		Good:  []string{seen(goodURL)},
	},
	Example: onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		switch part := pic.part; {
		case part.ImageURL.Kind == dataset.String:
			p.Report(part.ImageURL, "is a string, but must be an object with `url`").Fix(lint.SafeFix, func(ed *lint.Editor) {
				ed.Wrap(part.ImageURL, `{"url":`, `}`)
			})
		case part.ImageURL.Kind != dataset.Object:
			p.Report(part.ImageURL, "is %s, but must be an object with `url`", lint.Text(part.ImageURL.Kind.String()))
		case !part.URL.Present():
			p.Report(part.ImageURL, "has no `url`")
		case part.URL.Kind != dataset.String:
			p.Report(part.URL, "is %s, but must be a string", lint.Text(part.URL.Kind.String()))
		}
	}),
}

var detailValue = lint.Rule{
	ID: "FTV012", Name: "detail-value", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "The detail of an image is none of low, high and auto",
		Why:   "The documented schema knows these three values only; without the field it is auto.",
		Help:  "write low, high or auto, or leave the field out",
		Bad:   []string{chat(sysMsg, asksAbout(`{"url":"`+goodURL+`","detail":"medium"}`), botMsg)},
		Good:  []string{chat(sysMsg, asksAbout(`{"url":"`+goodURL+`","detail":"low"}`), botMsg)},
	},
	Example: onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		v := pic.part.Detail
		if !v.Filled() {
			return
		}
		switch string(e.Text(v)) {
		case "low", "high", "auto":
		default:
			p.Report(v, "%s is none of low, high and auto", lint.JSON(v))
		}
	}),
}

var dataURISyntax = lint.Rule{
	ID: "FTV009", Name: "data-uri-syntax", Since: since,
	Severity: lint.Error, Evidence: lint.Documented, Fix: lint.UnsafeFix,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "The URL of an image is neither a URL nor a data URI of an image",
		Why: "The services take images by URL or as a data URI in base64, which begins with data:image/...;base64,. " +
			"The path of a file on your computer, or base64 alone, is an image that the service cannot get: it is skipped.",
		Help: "embed the image as data:image/png;base64,... or give an https URL",
		Bad:  []string{seen("images/lima.png"), seen(redPNG), seen("data:image/png," + redPNG)},
		Good: []string{seen(pngURI + redPNG), seen(goodURL)},
	},
	Example: onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		v := pic.part.URL
		if v.Kind != dataset.String {
			return
		}
		switch pic.url.Kind {
		case images.Empty:
			p.Report(v, "is empty: there is no image")
		case images.Bare:
			fixDataURI(p.Report(v, "is base64 alone: a data URI begins with data:image/%s;base64,", lint.Text(pic.url.Name)), pic)
		case images.BadData:
			fixDataURI(p.Report(pic.place(0, pic.headEnd()), "%s", lint.Text("the data URI "+pic.url.Reason)), pic)
		case images.Path:
			p.Report(v, "looks like the path of a file: the service can only get images by URL or in the data itself")
		case images.Other:
			p.Report(v, "is neither a URL nor a data URI (data:image/...;base64,)")
		}
	}),
}

// headEnd is where in the URL the head of a data URI ends.
func (pic *picture) headEnd() int {
	if pic.url.DataAt > 0 {
		return pic.url.DataAt
	}
	return min(len(pic.url.Raw), 64)
}

// fixDataURI writes the right beginning of a data URI, if its data are good.
func fixDataURI(r lint.Reported, pic *picture) {
	if !pic.known || pic.data.Faulty() || !images.Supported(pic.info.Format) {
		return
	}
	r.Fix(lint.UnsafeFix, func(ed *lint.Editor) {
		start := pic.part.URL.Start + 1
		ed.ReplaceBytes(start, start+uint32(pic.url.DataAt), "data:image/"+pic.info.Format+";base64,")
	})
}

var urlScheme = lint.Rule{
	ID: "FTV010", Name: "url-scheme", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "The URL of an image is of a kind that no service fetches",
		Why: "The services fetch images over https, or take them as data URIs; gs:, s3:, blob: and others they cannot reach. " +
			"Whether http without s works is documented nowhere: it is told as information.",
		Help: "give an https URL that everybody can fetch, or embed the image",
		Bad:  []string{seen("gs://bucket/lima.png")},
		Good: []string{seen(goodURL)},
	},
	Example: onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		switch {
		case pic.url.Kind == images.Scheme:
			p.Report(pic.place(0, len(pic.url.Name)), "%s: is no kind of URL that services fetch: use https:, or embed the image", lint.Text(pic.url.Name))
		case pic.remote():
			switch l := pic.link(e, time.Time{}); {
			case l.Unreadable:
				p.ReportAs(lint.Warning, pic.part.URL, "is no valid URL")
			case l.NoHost:
				p.Report(pic.part.URL, "the URL names no host")
			case pic.url.Kind == images.HTTP && l.Private == "":
				p.ReportAs(lint.Info, pic.place(0, len("http:")), "http without s: whether the service fetches it is not documented")
			}
		}
	}),
}

var urlPrivate = lint.Rule{
	ID: "FTV011", Name: "url-private", Since: since,
	Severity: lint.Warning, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Needs: lint.NeedMessages, When: dataset.FactImage,
	Doc: lint.Doc{
		Title: "The URL of an image is not one that everybody can fetch",
		Why: "The services want a \"publicly accessible\" URL and skip images that they cannot get: those on localhost or in a private network, " +
			"or with a signature that has expired (a shared access signature of Azure, a signed URL of AWS or Google). A file: URL is always an error. With --fetch-images it is an error too if the image cannot be fetched.",
		Help: "put the image where everybody can fetch it until the job has run, or embed it",
		Bad:  []string{seen("http://localhost:8000/lima.png"), seen("https://10.0.0.7/lima.png"), seen("file:///home/me/lima.png")},
		Good: []string{seen(goodURL)},
	},
	Example: onPictures(func(p *lint.Pass, e *dataset.Example, pic *picture) {
		v := pic.part.URL
		switch {
		case pic.url.Kind == images.LocalFile:
			p.ReportAs(lint.Error, v, "is a file on some computer, which the service cannot read")
		case pic.remote():
			switch l := pic.link(e, p.Now); {
			case l.Unreadable || l.NoHost: // FTV010
			case l.Private != "" && (pic.fetched.Problem == "" || pic.fetched.Refused):
				p.Report(v, "%s is in a private network: the service cannot reach it", lint.Text(l.Private))
			case l.Credentials: // FTS004
			case !l.Expired.IsZero():
				p.Report(v, "its signature expired on %s", lint.Text(l.Expired.UTC().Format("2006-01-02 15:04 UTC")))
			case pic.fetched.Problem != "":
				p.ReportAs(lint.Error, v, "the image "+pic.fetched.Problem)
			}
		}
	}),
}

var modelNoVision = lint.Rule{
	ID: "FTV013", Name: "model-no-vision", Since: since,
	Severity: lint.Error, Evidence: lint.Documented,
	Providers: dataset.AllProviders, Methods: dataset.AllMethods,
	Applies: func(s *lint.Settings) bool { return s.Model != nil && s.Model.Known && s.Model.Methods != 0 },
	Doc: lint.Doc{
		Title: "The model cannot be trained on images",
		Why:   "Training on images is documented for a few models only (ftlint models shows them); others refuse the file.",
		Help:  "choose a model that takes images, or leave them out",
		BadFile: &lint.Sample{Content: func() string { return goodFile() + seen(goodURL) + "\n" }, Under: "with --model gpt-4.1-mini", Settings: func(s *lint.Settings) {
			s.Model = &lint.Model{Name: "gpt-4.1-mini", Known: true, Methods: dataset.SFT, AsOf: "2026-11"}
		}},
		GoodFile: &lint.Sample{Content: func() string { return goodFile() + seen(goodURL) + "\n" }, Under: "with --model gpt-4.1", Settings: func(s *lint.Settings) {
			s.Model = &lint.Model{Name: "gpt-4.1", Known: true, Methods: dataset.SFT, AsOf: "2026-11", Azure: lint.Terms{Images: true}}
		}},
	},
	File: func(p *lint.Pass, f *lint.File) {
		if f.Images > 0 && !p.Model.Terms(p.Provider).Images {
			p.ReportFile("%s examples have images, on which %s cannot be trained (as of %s)", lint.Int(f.Images), lint.Text(p.Model.Name), lint.Text(p.Model.AsOf))
		}
	},
}
