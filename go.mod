module github.com/ftlint/ftlint

go 1.26.0

require (
	github.com/clipperhouse/uax29/v2 v2.2.0
	github.com/google/go-cmp v0.7.0
	github.com/mattn/go-runewidth v0.0.31
	github.com/pelletier/go-toml/v2 v2.4.3
	golang.org/x/term v0.47.0
)

require golang.org/x/sys v0.49.0 // indirect
