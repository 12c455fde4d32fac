// Peers counts the tokens of the same messages with several libraries, compares
// the counts, then the times, and writes Markdown tables of them:
//
//	bench/peers/run [-mb 20] [-rounds 5]
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/ftlint/ftlint/bench/peers/peer"
)

// contestant is a peer: a program that counts.
type contestant struct {
	name    string
	command []string
}

const (
	ours    = "ftlint"
	ofPkouk = "pkoukk/tiktoken-go"
	ofNpm   = "npm tiktoken" // OpenAI's own
)

func main() {
	log.SetFlags(0)
	bin := flag.String("bin", "", "folder with the programs")
	node := flag.String("node", "", "folder with the packages of npm; empty: without them")
	data := flag.String("data", filepath.Join("..", "..", "..", "shared", "data", "corpora"), "folder with the corpora")
	corpora := flag.String("corpora", "chat_en,chat_multilingual", "which of the corpora")
	mb := flag.Float64("mb", 20, "megabytes of messages of each corpus")
	rounds := flag.Int("rounds", 5, "how often each peer runs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	peers := []contestant{
		{ours, []string{filepath.Join(*bin, "ours")}},
		{ofPkouk, []string{filepath.Join(*bin, "pkoukk")}},
		{"tiktoken-go/tokenizer", []string{filepath.Join(*bin, "tokenizer")}},
	}
	if *node != "" {
		peers = append(peers,
			contestant{ofNpm, []string{"node", filepath.Join(*node, "tiktoken.mjs")}},
			contestant{"npm gpt-tokenizer", []string{"node", filepath.Join(*node, "gpt-tokenizer.mjs")}})
	}
	for corpus := range strings.SplitSeq(*corpora, ",") {
		if err := compare(ctx, os.Stdout, peers, *data, corpus, *mb, *rounds); err != nil {
			log.Fatal(err)
		}
	}
}

// compare writes the tables of a corpus.
func compare(ctx context.Context, w io.Writer, peers []contestant, data, corpus string, mb float64, rounds int) error {
	texts, size, err := messages(filepath.Join(data, corpus+".jsonl.zst"), int(mb*1e6))
	if err != nil {
		return err
	}
	file := filepath.Join(os.TempDir(), fmt.Sprintf("peers-%d-%s.json", os.Getpid(), corpus))
	defer os.Remove(file)
	if err := write(file, texts); err != nil {
		return err
	}
	for _, encoding := range []string{"o200k_base", "cl100k_base"} {
		note := func(format string, args ...any) {
			fmt.Fprintf(os.Stderr, corpus+", "+encoding+": "+format+"\n", args...)
		}
		exact, err := check(ctx, peers, encoding, file, note)
		if err != nil {
			return err
		}
		results := map[string][]peer.Result{}
		for round := range rounds {
			// In turn, and in another order each time: the machine drifts.
			for i := range peers {
				p := peers[(i+round)%len(peers)]
				note("round %d of %d: %s", round+1, rounds, p.name)
				r, err := p.run(ctx, encoding, file, 2)
				if err != nil {
					return err
				}
				results[p.name] = append(results[p.name], r)
			}
		}
		fmt.Fprintf(w, "\n%s, %s: %d messages, %.1f MB\n\n", encoding, corpus, len(texts), float64(size)/1e6)
		table(w, peers, results, exact, float64(size))
	}
	return nil
}

// check counts once with every peer and says in a word for each whether it
// counts as the reference does: OpenAI's own, or else pkoukk's.
func check(ctx context.Context, peers []contestant, encoding, file string, note func(string, ...any)) (map[string]string, error) {
	counts := map[string][]int{}
	reference := ofPkouk
	for _, p := range peers {
		note("counting: %s", p.name)
		r, err := p.run(ctx, encoding, file, 1)
		if err != nil {
			return nil, err
		}
		counts[p.name] = r.Counts
		if p.name == ofNpm {
			reference = ofNpm
		}
	}
	exact := map[string]string{}
	for _, p := range peers {
		differ, total, want := 0, 0, 0
		for i, n := range counts[reference] {
			want += n
			total += counts[p.name][i]
			if counts[p.name][i] != n {
				differ++
			}
		}
		exact[p.name] = "yes"
		if differ > 0 {
			exact[p.name] = fmt.Sprintf("no: %d messages, %+d tokens", differ, total-want)
			note("%s differs from %s in %d of %d messages, by %+d of %d tokens", p.name, reference, differ, len(counts[reference]), total-want, want)
		}
	}
	return exact, nil
}

// run runs a peer, with one thread for Go.
func (p contestant) run(ctx context.Context, encoding, file string, passes int) (r peer.Result, err error) {
	args := append(slices.Clone(p.command[1:]), encoding, file, fmt.Sprint(passes))
	command := exec.CommandContext(ctx, p.command[0], args...)
	command.Env = append(os.Environ(), "GOMAXPROCS=1")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err == nil && len(r.Passes) != passes {
		err = errors.New("it wrote no times")
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", p.name, err)
	}
	return r, err
}

// table writes medians, and the medians of the ratios within a round.
func table(w io.Writer, peers []contestant, results map[string][]peer.Result, exact map[string]string, size float64) {
	fmt.Fprint(w, "| counter | cold, MB/s | warm, MB/s | ftlint is faster, cold | warm | load, ms | exact |\n|---|---|---|---|---|---|---|\n")
	for _, p := range peers {
		runs := results[p.name]
		figure := func(f func(i int) float64) float64 {
			var all []float64
			for i := range runs {
				all = append(all, f(i))
			}
			return median(all)
		}
		speed := func(pass int) float64 {
			return figure(func(i int) float64 { return size / 1e6 / runs[i].Passes[pass] })
		}
		ratio := func(pass int) float64 {
			return figure(func(i int) float64 { return runs[i].Passes[pass] / results[ours][i].Passes[pass] })
		}
		name := p.name
		if v := runs[0].Version; v != "" {
			name += " " + v
		}
		fmt.Fprintf(w, "| %s | %.3g | %.3g | %.3g | %.3g | %.0f | %s |\n", name, speed(0), speed(1), ratio(0), ratio(1),
			figure(func(i int) float64 { return runs[i].Load * 1e3 }), exact[p.name])
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[n/2] + values[(n-1)/2]) / 2
}

// messages returns the contents of a corpus's messages, evenly taken out of all
// of it until they are about size bytes.
func messages(name string, size int) (texts []string, bytesTaken int, err error) {
	packed, err := os.ReadFile(name)
	if err != nil {
		return nil, 0, err
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		return nil, 0, err
	}
	defer d.Close()
	content, err := d.DecodeAll(packed, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	var examples [][]string
	total := 0
	for line := range bytes.Lines(content) {
		var example struct{ Messages []struct{ Content string } }
		if err := json.Unmarshal(line, &example); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
		var contents []string
		for _, m := range example.Messages {
			contents = append(contents, m.Content)
			total += len(m.Content)
		}
		examples = append(examples, contents)
	}
	share := min(1, float64(size)/float64(total))
	taken := 0.0
	for _, example := range examples {
		if taken += share; taken < 1 {
			continue
		}
		taken--
		for _, text := range example {
			texts = append(texts, text)
			bytesTaken += len(text)
		}
	}
	return texts, bytesTaken, nil
}

// write writes texts as JSON strings, a line each.
func write(name string, texts []string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for _, text := range texts {
		if err := e.Encode(text); err != nil {
			return err
		}
	}
	return os.WriteFile(name, b.Bytes(), 0o600)
}
