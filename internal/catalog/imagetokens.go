package catalog

import "math"

// The squares in which images are counted, in pixels.
const (
	tileBox    = 2048 // an image is scaled down to fit a square of this size
	tileShort  = 768  // and then until its shorter side has this
	tileSquare = 512
	patchSize  = 32
)

// Tokens returns the tokens of an image of the given size in pixels. A service
// that is not told a detail takes high.
func (r ImageRule) Tokens(low bool, width, height int) int {
	if r.Rule == "patch" {
		return r.patches(width, height)
	}
	if low {
		return r.Base
	}
	return r.Base + r.Tile*tiles(int64(width), int64(height))
}

// tiles counts 512-pixel squares, in whole numbers: scaling keeps the ratio of
// the sides, so that each side is a fraction of the other.
func tiles(width, height int64) int {
	long, short := max(width, height), min(width, height)
	num, div := short, int64(1) // the short side as num/div, after it fits the box
	if long > tileBox {
		num, div = short*tileBox, long
	}
	if num > tileShort*div {
		return int(up(tileShort, tileSquare) * up(long*tileShort, short*tileSquare))
	}
	return int(up(min(long, tileBox), tileSquare) * up(num, div*tileSquare))
}

// up is a division that rounds up.
func up(a, b int64) int64 { return (a + b - 1) / b }

// patches counts 32-pixel squares. An image with too many is scaled down
// until its sides are a whole number of squares and few enough.
func (r ImageRule) patches(width, height int) int {
	patches := up(int64(width), patchSize) * up(int64(height), patchSize)
	if most := int64(r.MaxPatches); most > 0 && patches > most {
		patches = most
		scale := math.Sqrt(patchSize * patchSize * float64(most) / (float64(width) * float64(height)))
		across, down := float64(width)*scale/patchSize, float64(height)*scale/patchSize
		// An image narrower than a square cannot be scaled so: it counts as the most.
		if scale < 1 && across >= 1 && down >= 1 {
			if math.Floor(across)/across > math.Floor(down)/down {
				across, down = down, across
			}
			whole := math.Floor(across)
			patches = min(most, int64(whole)*ceil(down*whole/across))
		}
	}
	return int(ceil(float64(patches) * r.Multiplier))
}

// ceil rounds up what is not a whole number but for an error of the arithmetic.
func ceil(x float64) int64 { return int64(math.Ceil(x - 1e-6)) }

// Range returns the least and the most tokens that an image can have.
func (r ImageRule) Range(low bool) (least, most int) {
	switch {
	case r.Rule == "patch":
		return r.patches(1, 1), int(ceil(float64(r.MaxPatches) * r.Multiplier))
	case low:
		return r.Base, r.Base
	}
	return r.Base + r.Tile, r.Tokens(false, tileBox, tileShort)
}
