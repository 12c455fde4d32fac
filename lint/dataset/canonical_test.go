package dataset_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/ftlint/ftlint/lint/dataset"
)

func TestCanonicalHash(t *testing.T) {
	hash := func(text string) dataset.Hash {
		sum, _ := dataset.CanonicalHash([]byte(text), nil)
		return sum
	}
	for _, same := range [][]string{
		{`{"a":1,"b":[true,null,"x"]}`, ` { "b" : [ true , null , "x" ] , "a" : 1 } `, `{"b":[true,null,"\u0078"],"\u0061":1}`},
		{`"é\n\"\\"`, `"\u00e9\u000a\u0022\u005c"`, "\"\u00e9\\n\\\"\\\\\""},
		{`{"a":{"b":{},"c":[]},"d":""}`, `{"d":"","a":{"c":[],"b":{}}}`},
	} {
		for _, text := range same[1:] {
			if hash(text) != hash(same[0]) {
				t.Errorf("%s and %s differ", text, same[0])
			}
		}
	}
	seen := map[dataset.Hash]string{}
	for _, text := range []string{
		``, `1`, `"1"`, `[1]`, `[[1]]`, `{"1":1}`, `[]`, `{}`, `[{}]`, `[1,2]`, `[2,1]`, `1.0`, `true`, `"true"`, `null`, `""`,
		`{"a":1,"b":2}`, `{"a":2,"b":1}`, `{"a":1,"a":1}`, `{"a":1}`, `[["a","b"],["c"]]`, `[["a"],["b","c"]]`, `{"a":{"b":1},"c":2}`, `{"a":{"c":2},"b":1}`,
		`{"a":1`, `{"a":1}}`, `[1 2]`, `{"a" 1}`, `"\`, `{,}`, `[,]`,
	} {
		if other, ok := seen[hash(text)]; ok {
			t.Errorf("%s and %s are the same", text, other)
		}
		seen[hash(text)] = text
	}
}

// FuzzCanonicalHash: two values have the same hash where encoding/json reads the same
// from them and their numbers are written alike, and only there.
func FuzzCanonicalHash(f *testing.F) {
	for _, pair := range [][2]string{
		{`{"a":1,"b":"\u00e9"}`, `{"b":"é","a":1}`}, {`[1,2]`, `[2,1]`}, {`"\\"`, `"\""`}, {`{"a":[{}]}`, `{"a":[[]]}`}, {`{"":0,"\u0000":1}`, `{"\u0000":1,"":0}`},
	} {
		f.Add([]byte(pair[0]), []byte(pair[1]))
	}
	read := func(raw []byte) (v any, ok bool) {
		d := dataset.NewDecoder(dataset.Options{})
		if e := d.Decode(raw); e.Broken || len(e.Faults) > 0 {
			return nil, false // duplicate keys, lone surrogates: encoding/json changes them
		}
		j := json.NewDecoder(bytes.NewReader(raw))
		j.UseNumber()
		return v, j.Decode(&v) == nil
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		hashA, buf := dataset.CanonicalHash(a, nil)
		hashB, _ := dataset.CanonicalHash(b, buf)
		valueA, okA := read(a)
		valueB, okB := read(b)
		if okA && okB && reflect.DeepEqual(valueA, valueB) != (hashA == hashB) {
			t.Fatalf("%q and %q: the same hash: %v", a, b, hashA == hashB)
		}
		if !okA {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, a); err != nil {
			t.Fatal(err)
		}
		if hash, _ := dataset.CanonicalHash(compact.Bytes(), nil); hash != hashA {
			t.Fatalf("%q: white space counts", a)
		}
	})
}
