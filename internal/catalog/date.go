package catalog

import (
	"bytes"
	"fmt"
	"time"
)

// Date is a day of the calendar, or only a month (Day is zero) or a year (Month
// is zero too) where no more is known. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads YYYY-MM-DD, YYYY-MM or YYYY.
func ParseDate(text string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if len(text) != len(layout) {
			continue
		}
		t, err := time.Parse(layout, text)
		if err != nil {
			break
		}
		d := Date{Year: t.Year()}
		if len(layout) > 4 {
			d.Month = t.Month()
		}
		if len(layout) > 7 {
			d.Day = t.Day()
		}
		return d, nil
	}
	return Date{}, &dateError{text}
}

// dateError is the error of ParseDate.
type dateError struct{ text string }

func (e *dateError) Error() string {
	return fmt.Sprintf("%q is no date: write YYYY-MM-DD, YYYY-MM or YYYY", e.text)
}

// DateOf returns the day of t where t's clock shows it.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Compare returns -1, 0 or +1 as d is before, at or after other. A month is
// before each of its days.
func (d Date) Compare(other Date) int {
	for _, pair := range [...][2]int{{d.Year, other.Year}, {int(d.Month), int(other.Month)}, {d.Day, other.Day}} {
		switch {
		case pair[0] < pair[1]:
			return -1
		case pair[0] > pair[1]:
			return +1
		}
	}
	return 0
}

// String returns d as ParseDate reads it; no date is the empty string.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText returns String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDate.
func (d *Date) UnmarshalText(text []byte) error {
	var err error
	*d, err = ParseDate(string(text))
	return err
}

// UnmarshalTOML reads a date of TOML's own (2027-01-14) or a string.
func (d *Date) UnmarshalTOML(data []byte) error {
	return d.UnmarshalText(bytes.Trim(data, `"'`))
}
