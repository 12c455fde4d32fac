package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/zeebo/xxh3"

	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
	"github.com/ftlint/ftlint/lint/jsonl"
	"github.com/ftlint/ftlint/stats"
)

// edits is how many examples are copied with edits, for each share of the words.
const edits = 500

var editShares = [...]float64{0.01, 0.05, 0.1, 0.2}

// message is a message of a chat line, for what is edited.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// edited returns a line with a share of its words altered: dropped, inserted, swapped
// with the next one, in other case, or with punctuation added.
func edited(tb testing.TB, line []byte, share float64, random *rand.Rand) []byte {
	var example struct {
		Messages []message `json:"messages"`
	}
	if err := json.Unmarshal(line, &example); err != nil {
		tb.Fatal(err)
	}
	for m := range example.Messages {
		words := strings.Split(example.Messages[m].Content, " ")
		for i := 0; i < len(words); i++ {
			if random.Float64() >= share {
				continue
			}
			switch random.IntN(5) {
			case 0:
				words = slices.Delete(words, i, i+1)
			case 1:
				words = slices.Insert(words, i, "indeed")
				i++
			case 2:
				if i+1 < len(words) {
					words[i], words[i+1] = words[i+1], words[i]
				}
			case 3:
				words[i] = strings.ToUpper(words[i])
			case 4:
				words[i] += ","
			}
		}
		example.Messages[m].Content = strings.Join(words, " ")
	}
	text, err := json.Marshal(example)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// pairsOfWords is what is compared, made in the plainest way: the pairs of words of all
// messages but those of the system, sorted.
func pairsOfWords(tb testing.TB, line []byte) (set []uint64) {
	var example struct {
		Messages []message `json:"messages"`
	}
	if err := json.Unmarshal(line, &example); err != nil {
		tb.Fatal(err)
	}
	unspaced := []*unicode.RangeTable{
		unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
	}
	for _, m := range example.Messages {
		if m.Role == "system" {
			continue
		}
		var spaced strings.Builder
		for _, r := range m.Content {
			switch {
			case unicode.In(r, unspaced...):
				spaced.WriteString(" " + string(r) + " ")
			case unicode.In(r, unicode.L, unicode.N, unicode.M):
				spaced.WriteRune(unicode.ToLower(r))
			default:
				spaced.WriteByte(' ')
			}
		}
		last := "\n" + m.Role
		for _, word := range strings.Fields(spaced.String()) {
			set = append(set, xxh3.HashString(last+" "+word))
			last = word
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// jaccard is the share of the elements of two sorted sets that both have.
func jaccard(a, b []uint64) float64 {
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			common, i, j = common+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	if common == 0 {
		return 0
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

// sketches makes the sketches of lines.
func sketches(lines [][]byte, similarity float64) *stats.Rows {
	rows := stats.NewRows(&lint.Settings{NearDuplicates: similarity, Method: dataset.SFT})
	decoder := dataset.NewDecoder(dataset.Options{Messages: true})
	for _, line := range lines {
		rows.Add(decoder.Decode(line))
	}
	return rows
}

// similarities are those that are looked for: on one corpus also the least that can be.
func similarities(corpus string) []float64 {
	if corpus == "chat_en" {
		return []float64{0.9, stats.LeastSimilarity}
	}
	return []float64{0.9}
}

// TestNearDuplicates measures, on a corpus with edited copies, how many of the
// near-duplicates are found, and how many of those that are found are such, against the
// exact similarity of sets.
func TestNearDuplicates(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for _, corpusName := range []string{"chat_en", "chat_multilingual"} {
		for _, similarity := range similarities(corpusName) {
			t.Run(fmt.Sprint(corpusName, similarity), func(t *testing.T) {
				lines := bytes.Split(bytes.TrimSpace(corpus(t, corpusName)), []byte("\n"))
				random := rand.New(rand.NewPCG(1, 2))
				whole := len(lines)
				from := make([]int, 0, edits*len(editShares))
				for _, share := range editShares {
					for range edits {
						of := random.IntN(whole)
						from = append(from, of)
						lines = append(lines, edited(t, lines[of], share, random))
					}
				}
				rows := sketches(lines, similarity)
				exact := make([][]uint64, len(lines))
				for i, line := range lines {
					exact[i] = pairsOfWords(t, line)
				}
				near := stats.NewNear(similarity, len(lines), rows.Sketch)
				type pair struct{ a, b int }
				found := map[pair]float64{}
				for i := range lines {
					near.Find(rows.Sketch(i), func(j int, s float64) bool {
						found[pair{j, i}] = s
						return true
					})
					near.Put(i)
				}
				// What is told are clusters: who is like a copy of another one is with it.
				clusters := stats.Alike(similarity, len(lines), rows.Sketch)
				together := func(a, b int) bool { return clusters.First(a) == clusters.First(b) }
				wrong, far := 0, 0.0
				for p, s := range found {
					truth := jaccard(exact[p.a], exact[p.b])
					if truth < similarity {
						wrong++
					}
					far = max(far, truth-s, s-truth)
				}
				// The edited copies, and all pairs of a sample.
				alike, seen := 0, 0
				for i, of := range from {
					if jaccard(exact[of], exact[whole+i]) >= similarity {
						alike++
						if together(of, whole+i) {
							seen++
						}
					}
				}
				sample := random.Perm(len(lines))[:4000]
				alikeInSample, seenInSample := 0, 0
				for i, a := range sample {
					for _, b := range sample[:i] {
						if len(exact[a]) > 0 && len(exact[b]) > 0 && jaccard(exact[a], exact[b]) >= similarity {
							alikeInSample++
							if together(a, b) {
								seenInSample++
							}
						}
					}
				}
				t.Logf("of %d edited copies with a similarity of %v or more %d were found (%.4f); of all pairs of 4,000 examples %d of %d; of %d pairs found %d are less similar (%.4f); largest error %.3f",
					alike, similarity, seen, float64(seen)/float64(alike), seenInSample, alikeInSample, len(found), wrong, float64(wrong)/float64(len(found)), far)
				if float64(seen) < 0.98*float64(alike) || float64(len(found)-wrong) < 0.95*float64(len(found)) {
					t.Error("too few are found, or too many wrong ones")
				}
			})
		}
	}
}

// BenchmarkNear makes sketches of examples that are decoded, and compares them.
func BenchmarkNear(b *testing.B) {
	for _, name := range []string{"chat_en", "chat_multilingual"} {
		b.Run(name, func(b *testing.B) {
			path, data := corpusFile(b, name)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				_, err := lint.Run(b.Context(), []lint.Input{{Path: path}}, lint.Options{
					Rules: []lint.Rule{nearOnly}, Workers: 1, Settings: lint.Settings{NearDuplicates: 0.9}, Read: jsonl.Options{},
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// nearOnly makes sketches and looks for those that are alike, and reports nothing.
var nearOnly = lint.Rule{
	ID: "NEAR", Severity: lint.Info, Providers: dataset.AllProviders, Methods: dataset.AllMethods, Needs: lint.NeedMessages,
	Gathers: &lint.Gatherer{New: func(s *lint.Settings) lint.Collector { return stats.NewRows(s) }},
	Across: func(_ *lint.Pass, files []lint.Gathered) {
		for _, f := range files {
			rows := f.Collector.(*stats.Rows)
			stats.Alike(0.9, rows.Len(), rows.Sketch)
		}
	},
}
