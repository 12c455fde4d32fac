# make demo shows what ftlint does, make test says whether it works.

GO ?= go
FUZZTIME ?= 10s
DIST ?= dist
# VERSION=1.2.3 builds a release; without it the program tells what Git says.
VERSION ?=
LDFLAGS = -s -w$(if $(VERSION), -X main.stamped=v$(VERSION))
BUILD = $(GO) build -trimpath -ldflags "$(LDFLAGS)"

.PHONY: build test race lint fuzz bench bench-peers oracle browser generate unicode node check demo install man completions wheels nightly clean

build: ## the program, in bin/
	$(BUILD) -o bin/ ./cmd/ftlint

test: ## all tests
	$(GO) test ./...

race: ## all tests under the race detector
	$(GO) test -race -short -timeout 30m ./...

lint: ## gofmt, go vet, staticcheck, gofumpt, govulncheck
	.ci/lint

fuzz: ## every fuzz target, for FUZZTIME each
	.ci/fuzz $(FUZZTIME)

bench: ## benchmarks, beside their references
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-peers: ## counting tokens, against other libraries for Go and, where Node is, npm
	bench/peers/run $(PEERS)

oracle: ## our tokens against those of npm's tiktoken, where Node is
	.ci/oracle $(ORACLE)

browser: ## HTML reports in Chromium, where it and Node are
	.ci/browser

generate: ## the list of rules and the pages in docs/rules
	$(GO) generate ./...

unicode: ## the classes of characters that patterns know, where Node is
	.ci/unicode

node: ## Azurite and Prism, which some tests compare with, where Node is
	.ci/node/install

check: ## everything that has to pass before a change is merged
	.ci/run

demo: build ## a dataset with faults, and its clean twin
	testdata/demo/run bin/ftlint

install: ## the program, where go install puts it
	$(GO) install -trimpath -ldflags "$(LDFLAGS)" ./cmd/ftlint

man: build ## manual pages, in dist/man
	bin/ftlint man $(DIST)/man

completions: build ## what makes shells complete, in dist/completions
	mkdir -p $(DIST)/completions
	bin/ftlint completion bash >$(DIST)/completions/ftlint.bash
	bin/ftlint completion zsh >$(DIST)/completions/_ftlint
	bin/ftlint completion fish >$(DIST)/completions/ftlint.fish
	bin/ftlint completion powershell >$(DIST)/completions/ftlint.ps1

wheels: ## packages for pip, for each platform, in dist/wheels
	$(GO) run packaging/wheels.go -out $(DIST)/wheels -version '$(VERSION)'

nightly: ## what takes long: ten minutes of each fuzz target, a release that is not published, ftlint fix killed 200 times, all texts against tiktoken-go, all benchmarks
	$(MAKE) race
	.ci/fuzz 10m
	$(GO) test ./cmd/ftlint -run TestFixKilled -v -args -kills 200
	.ci/release snapshot
	$(GO) test ./tokenize -run 'TestCorporaTokens|TestRandomTokens' -timeout 6h -args -every 1 -random 10000000
	$(MAKE) bench

clean:
	rm -rf bin $(DIST)
