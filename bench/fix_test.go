package bench

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftlint/ftlint/internal/rewrite"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/rules"
	"github.com/ftlint/ftlint/tokenize"
)

var fixBytes = flag.Int64("fixbytes", 100_000_000, "size of the file of BenchmarkFix")

// BenchmarkFix fixes a file with one bad line, its check afterwards aside: in place, and
// into another file as --fix-to does. In turn with that cp copies the same file. All of
// them end when the new file is on the disk. x-copy is the speed of fixing over that of
// copying. To take the place of the old file is to free what that one had: x-replace is
// the speed over that of copying and giving the copy the name of the file.
func BenchmarkFix(b *testing.B) {
	data := withoutFixes(b, "chat_en")
	bad := []byte(`{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a","weight":1.0}]}` + "\n")
	for _, place := range []struct {
		name string
		at   float64
	}{{"first", 0}, {"middle", 0.5}, {"last", 1}} {
		dir := b.TempDir()
		file, copied, fixed := filepath.Join(dir, "big.jsonl"), filepath.Join(dir, "copy.jsonl"), filepath.Join(dir, "fixed.jsonl")
		size := writeBig(b, file, data, bad, place.at)
		for _, way := range []struct{ name, to, from, onto string }{
			{"to", fixed, fixed, copied},  // the rename is there to begin anew
			{"place", file, copied, file}, // this one makes the file bad again
		} {
			b.Run(place.name+"/"+way.name, func(b *testing.B) {
				b.SetBytes(size)
				var copies, replacements []float64
				for b.Loop() {
					b.StopTimer()
					quietDisk(b)
					copying := copyFile(b, file, copied)
					quietDisk(b)
					b.StartTimer()
					fixing := fixFile(b, file, way.to)
					b.StopTimer()
					quietDisk(b)
					replacing := copying + rename(b, way.from, way.onto)
					copies = append(copies, copying.Seconds()/fixing.Seconds())
					replacements = append(replacements, replacing.Seconds()/fixing.Seconds())
					b.StartTimer()
				}
				b.ReportMetric(median(copies), "x-copy")
				if way.to == file {
					b.ReportMetric(median(replacements), "x-replace")
				}
			})
		}
		for _, path := range []string{file, copied} {
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				b.Fatal(err)
			}
		}
	}
}

func rename(b *testing.B, from, to string) time.Duration {
	b.Helper()
	begun := time.Now()
	if err := os.Rename(from, to); err != nil {
		b.Fatal(err)
	}
	return time.Since(begun)
}

// withoutFixes returns the lines of a corpus in which there is nothing to fix.
func withoutFixes(b *testing.B, name string) []byte {
	b.Helper()
	path, data := corpusFile(b, name)
	fixable := map[int64]bool{}
	_, err := lint.Run(context.Background(), []lint.Input{{Path: path}}, lint.Options{
		Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter,
		OnFinding: func(f *lint.Finding) error {
			if f.Fix != lint.NoFix {
				fixable[f.Line] = true
			}
			return nil
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	var rest []byte
	number := int64(0)
	for line := range bytes.Lines(data) {
		if number++; !fixable[number] {
			rest = append(rest, line...)
		}
	}
	return rest
}

// writeBig repeats data, with a bad line at a share of the file.
func writeBig(b *testing.B, path string, data, bad []byte, at float64) (size int64) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	written := false
	put := func(p []byte) {
		n, err := f.Write(p)
		if err != nil {
			b.Fatal(err)
		}
		size += int64(n)
	}
	for size < *fixBytes {
		if !written && float64(size) >= at*float64(*fixBytes) {
			put(bad)
			written = true
		}
		put(data)
	}
	if !written {
		put(bad)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return size
}

// copyFile copies with cp and sync.
func copyFile(b *testing.B, from, to string) time.Duration {
	b.Helper()
	begun := time.Now()
	for _, command := range [][]string{{"cp", from, to}, {"sync", to}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			b.Skipf("%v: %v: %s", command, err, out)
		}
	}
	return time.Since(begun)
}

// quietDisk waits until nothing is left to write, nor to free, of what was before.
func quietDisk(b *testing.B) {
	b.Helper()
	if out, err := exec.Command("sync").CombinedOutput(); err != nil {
		b.Skipf("sync: %v: %s", err, out)
	}
	time.Sleep(300 * time.Millisecond)
}

// fixFile does what ftlint fix does, but for the check.
func fixFile(b *testing.B, path, to string) time.Duration {
	b.Helper()
	begun := time.Now()
	open := rewrite.Existing
	if to != path {
		open = rewrite.New
	}
	target, err := open(to)
	if err != nil {
		b.Fatal(err)
	}
	draft := target.Draft(false)
	fixed, err := lint.Fix(context.Background(), lint.Input{Path: path}, lint.Options{
		Rules: rules.All(), Counter: tokenize.Accounting{}.NewCounter,
	}, lint.FixOptions{Kind: lint.SafeFix, Sink: draft})
	if err == nil {
		err = fixed.Err
	}
	if err == nil {
		_, err = draft.Finish()
	}
	if err == nil {
		err = target.Replace(draft)
	}
	if err != nil {
		b.Fatal(err)
	}
	if len(fixed.Rules) != 1 || fixed.Rules[0].Findings != 1 {
		b.Fatalf("fixed: %v", fixed.Rules)
	}
	return time.Since(begun)
}
