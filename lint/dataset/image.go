package dataset

// ImageInfo is what is known of an image file.
type ImageInfo struct {
	Format        string // png, jpeg or webp; gif and others, which no service takes; "" if it is none that is known
	Width, Height int    // in pixels; 0 where the file does not say
	Bytes         int64  // of the file
	Mode          ImageMode
	Bits          int    // of a channel; 0 where the file does not say
	Animated      bool   // it has several frames
	Damage        string // why it is no good file of its format, as one of few texts and perhaps, behind a colon, more; "" where nothing was seen
}

// ImageMode is how an image stores colours.
type ImageMode uint8

// The modes. Services take RGB and RGBA.
const (
	ModeUnknown   ImageMode = iota
	ModeRGB                 // what a JPEG file stores as YCbCr is RGB to everybody else
	ModeRGBA                // RGB with transparency
	ModeGrey                // one channel
	ModeGreyAlpha           // one channel with transparency
	ModePalette             // numbers of colours in a list
	ModeCMYK                // four channels, for printing
	ModeOther               // what the format does not know
)

// String names the mode as messages do.
func (m ImageMode) String() string {
	return [...]string{
		"unknown", "RGB", "RGBA", "greyscale", "greyscale with transparency", "a palette", "CMYK", "of no known mode",
	}[m]
}

// Colour reports whether m is a mode that services take.
func (m ImageMode) Colour() bool { return m == ModeRGB || m == ModeRGBA }

// FetchedImage is what came of fetching an image.
type FetchedImage struct {
	ImageInfo
	// Problem says why there is no image; "" if there is one. It goes on after "the
	// image", and is one of few texts.
	Problem string
	// Refused says that nobody was asked for it, as its address is not public.
	Refused bool
	// Cut says that the image is larger than what was read of it.
	Cut bool
	// Type is the media type that the server gave, such as image/png.
	Type string
}
