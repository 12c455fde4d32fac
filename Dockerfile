# An image with the program and nothing else, not even a shell:
#
#   docker build --build-arg VERSION=1.2.3 -t ftlint .
#   docker run --rm -v "$PWD:/data:ro" ftlint train.jsonl
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w ${VERSION:+-X main.stamped=v$VERSION}" -o /ftlint ./cmd/ftlint

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /ftlint /usr/local/bin/ftlint
COPY LICENSE /usr/share/doc/ftlint/LICENSE
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/ftlint"]
