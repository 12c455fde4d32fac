module github.com/ftlint/ftlint

go 1.26
