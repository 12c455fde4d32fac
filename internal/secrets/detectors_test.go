package secrets

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

var update = flag.Bool("update", false, "write docs/detectors.md")

// how says of each kind how it is known.
var how = map[string]string{
	"private-key":         "PEM with `PRIVATE KEY` in its head and at least 60 characters of base64",
	"aws-access-key":      "`AKIA`, `ASIA`, `ABIA` or `ACCA` and 16 characters of base32",
	"aws-secret-key":      "40 characters of base64 behind `aws_secret_access_key` or `SecretAccessKey`",
	"azure-storage-key":   "`AccountKey=` and 88 characters of base64",
	"azure-sas":           "`sig=` in a URL that has `se=` and `sv=` or `sp=`",
	"azure-ad-secret":     "37 to 41 characters with a digit and `Q~` at the fourth",
	"azure-openai-key":    "84 characters with `JQQJ99` behind the 52nd; 32 hexadecimal digits behind `AZURE_OPENAI_API_KEY` or `api-key`",
	"google-api-key":      "`AIza` and 35 characters",
	"google-oauth-secret": "`GOCSPX-` and 28 characters",
	"github-token":        "`ghp_`, `gho_`, `ghu_`, `ghs_` or `ghr_`, 36 characters, checksum (CRC-32); `github_pat_` and 82 characters",
	"gitlab-token":        "`glpat-` and 20 to 64 characters",
	"slack-token":         "`xoxb-` or one of its kin, digits, at least 24 characters",
	"slack-webhook":       "`hooks.slack.com/services/T` and at least 40 characters",
	"stripe-key":          "`sk_live_` or `rk_live_` and at least 24 characters",
	"anthropic-key":       "`sk-ant-`, 90 to 120 characters, `AA` at the end",
	"openai-key":          "`sk-`, 44 to 220 characters with `T3BlbkFJ` among them",
	"huggingface-token":   "`hf_` and 34 characters",
	"npm-token":           "`npm_`, 36 characters, checksum (CRC-32)",
	"pypi-token":          "`pypi-AgEIcHlwaS5vcmc` and at least 50 characters",
	"sendgrid-key":        "`SG.`, 22 characters, a full stop, 43 characters",
	"digitalocean-token":  "`dop_v1_` and 64 hexadecimal digits",
	"jwt":                 "three parts of base64, the first JSON with `alg`; not the one of jwt.io",
	"database-url":        "the password in a URL of PostgreSQL, MySQL, MongoDB, Redis, AMQP or SQL Server; not `password`, `admin123` and the like",
	"email":               "not at example.com and domains like it, in `{{…}}`, of names such as `test`, or in `git@host:path`",
	"phone":               "with + and the code of a country, or as the USA, Canada, China, Japan, Korea and the UK write them; not with 555 or in rows such as 1234567890",
	"card":                "beginning and length of a brand, Luhn's check digit; not the numbers that payment services give for tests",
	"iban":                "length of the country, ISO 7064 (mod 97); not the examples of the standard",
	"us-ssn":              "3-2-4 digits, in ranges that are given out",
	"uk-nino":             "two letters that are given out, six digits, A to D",
	"kr-rrn":              "date of birth, check digit",
	"cn-id":               "date of birth, check digit (ISO 7064, mod 11)",
	"br-cpf":              "as it is written, with both check digits",
	"fr-nir":              "sex, month, check digits (mod 97)",
	"es-dni":              "eight digits and their letter (mod 23)",
	"it-codice-fiscale":   "letters and digits at their places, check letter",
	"in-aadhaar":          "4-4-4 digits, Verhoeff's check digit",
	"ip":                  "**off**: `--detect ip`. IPv4 and IPv6; not private, reserved or documentation's, no versions, networks or servers for names that everybody may ask",
}

// more are texts for the page besides those of cases.
func more() map[string][]string {
	part := base64.RawURLEncoding.EncodeToString
	return map[string][]string{
		"aws-access-key":      {"⟦ASIA" + chars(16, "A-Z2-7") + "⟧", "AKIA" + chars(15, "A-Z2-7"), "AKIA" + strings.ToLower(chars(16, "A-Z")), "AKIAXXXXXXXXXXXXXXXX"},
		"azure-ad-secret":     {chars(3, "A-Za-z0-9") + "8Q~" + chars(20, "A-Za-z0-9_~.-"), "it costs 8Q~ or so"},
		"google-api-key":      {"AIza" + chars(34, "A-Za-z0-9_-"), "AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "xAIza" + chars(35, "A-Za-z0-9_-")},
		"google-oauth-secret": {"GOCSPX-your-client-secret-goes-here", "GOCSPX-" + chars(12, "A-Za-z0-9")},
		"gitlab-token":        {"glpat-xxxxxxxxxxxxxxxxxxxx", "glpat-" + chars(12, "A-Za-z0-9")},
		"slack-token":         {"xoxb-your-token", "xoxb-xxxxxxxxxxxx-xxxxxxxxxxxx-xxxxxxxxxxxxxxxxxxxxxxxx"},
		"slack-webhook":       {"https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "https://hooks.slack.com/services/..."},
		"stripe-key":          {"pk_live_" + alnums(24), "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx"},
		"anthropic-key":       {"sk-ant-your-key-here", "sk-ant-api03-" + chars(40, "A-Za-z0-9")},
		"npm-token":           {"npm_" + alnums(36), "npm_config_registry"},
		"pypi-token":          {"pypi-your-token-here", "pypi-AgEIcHlwaS5vcmc"},
		"sendgrid-key":        {"SG." + alnums(22), "SG.xxxxxxxxxxxxxxxxxxxxxx.yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"},
		"digitalocean-token":  {"dop_v1_" + chars(40, "0-9a-f"), "dop_v1_your_token"},
		"jwt": {
			part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part([]byte(`{"sub":"1234567890","name":"John Doe"}`)) + "." + alnums(43),
			part([]byte(`{"name":"no token"}`)) + "." + part([]byte(`{"a":1,"b":22}`)) + "." + alnums(43), "eyJhbGciOiJIUzI1NiJ9",
		},
		"azure-storage-key": {"AccountKey=" + chars(40, "A-Za-z0-9+/"), "AccountKey=<storage account key>"},
		"azure-sas":         {"design=" + chars(43, "A-Za-z0-9"), "?sv=2024&se=2026&sp=r&sig=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
		"card":              {"⟦3782 822463 10013⟧", "order 4539148803436467x", "4539-1488", "6011 1111 1111 1117", "4444 4444 4444 4448"},
		"iban":              {"⟦NL39RABO0300065264⟧", "DE00 0000", "GB82WEST12345698765432", "XX44500105175407324931"},
		"us-ssn":            {"536-22-0000", "666-22-1234", "536 22 1234 apples", "1-536-22-1234"},
		"uk-nino":           {"⟦JG103759A⟧", "QQ123456C", "AB123456E", "XAB123456C"},
		"kr-rrn":            {"901301-1234568", "900101-0234568"},
		"cn-id":             {"110105194913310021", "11010519491231002"},
		"br-cpf":            {"⟦529.982.247-25⟧", "52998224725", "000.000.000-00"},
		"fr-nir":            {"⟦184127645108946⟧", "3 84 12 76 451 089 46", "1 84 13 76 451 089 46"},
		"es-dni":            {"⟦45678912S⟧", "version 12345678", "12345678ZZ"},
		"it-codice-fiscale": {"RSSMRA85T10A562", "RSSMRA85T10A562SS"},
		"in-aadhaar":        {"1234 5678 9012", "2222 2222 2222", "2345 6789"},
		"openai-key":        {"sk-proj-your-key", "sk-" + alnums(48)},
		"huggingface-token": {"hf_" + strings.Repeat("x", 34), "hf_" + chars(20, "A-Za-z")},
		"private-key":       {"-----BEGIN RSA PRIVATE KEY-----\\n...\\n-----END RSA PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----\\n" + chars(64, "A-Za-z0-9+/")},
		"aws-secret-key":    {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = os.environ['AWS_SECRET_ACCESS_KEY']"},
		"azure-openai-key":  {`AZURE_OPENAI_API_KEY="your-key"`, `api-key: ` + chars(20, "0-9a-f")},
		"github-token":      {"ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "github_pat_your_token"},
	}
}

// tried counts, for a kind, texts that are to be found and those that were, and texts in
// which nothing is with those in which something was found all the same.
func tried(t *testing.T, name string, texts []string) (all, found, alike, told int) {
	finder := Finder{Detect: map[string]bool{"ip": true}}
	for _, marked := range texts {
		want := strings.Count(marked, "⟦")
		text := []byte(strings.NewReplacer("⟦", "", "⟧", "").Replace(marked))
		got := 0
		for _, f := range finder.Scan(text, nil) {
			if f.Kind.Name == name || want == 0 {
				got++
			}
		}
		if want == 0 {
			alike++
			told += min(got, 1)
			if got > 0 {
				t.Errorf("%s: %d found in %s", name, got, text)
			}
			continue
		}
		all += want
		found += got
		if got != want {
			t.Errorf("%s: %d of %d found in %s", name, got, want, text)
		}
	}
	return all, found, alike, told
}

// judgement is a row of testdata/judged.tsv.
type judgement struct {
	corpus, kind, read            string
	examples, findings, falseOnes int
}

func judgements(t *testing.T) (list []judgement) {
	t.Helper()
	data, err := os.ReadFile("testdata/judged.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 6 {
			t.Fatalf("%q has %d cells", line, len(cells))
		}
		j := judgement{corpus: cells[0], kind: cells[2], read: cells[5]}
		if _, err := fmt.Sscan(cells[1]+" "+cells[3]+" "+cells[4], &j.examples, &j.findings, &j.falseOnes); err != nil {
			t.Fatal(err)
		}
		list = append(list, j)
	}
	return list
}

// TestDetectorsPage: the page says what the detectors do with the texts of this package.
func TestDetectorsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Detectors\n\n" +
		"What [FTS001](rules/FTS001.md) (secrets) and [FTS002](rules/FTS002.md) (personal data) find, and how well. This page is generated: `make generate`. " +
		"The names are those that [`detect`](configuration.md#secrets-and-personal-data) takes.\n\n" +
		"Found is what has the form that its service or state gives it, with checksums and check digits where there are any. What stands for a secret is not: too little entropy, or words such as `example`, `your` and `xxxx`. " +
		"A file is read in one pass, as it stands, so keys in JSON within JSON and behind escapes are found too.\n\n" +
		"*Found* counts texts of our own that are to be found, *told* those that only look like them: 0 is right. Both are in `internal/secrets`.\n")
	table := func(title string, personal bool) {
		fmt.Fprintf(&b, "\n## %s\n\n| kind | what | how it is known | found | told |\n|---|---|---|---|---|\n", title)
		texts, further := cases(), more()
		for _, k := range Kinds() {
			if k.Personal != personal {
				continue
			}
			if how[k.Name] == "" {
				t.Errorf("nothing says how %s is known", k.Name)
			}
			all, found, alike, told := tried(t, k.Name, append(texts[k.Name], further[k.Name]...))
			if all == 0 || alike == 0 {
				t.Errorf("%s: %d texts to find and %d look-alikes", k.Name, all, alike)
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %d of %d | %d of %d |\n", k.Name, k.Title, how[k.Name], found, all, told, alike)
		}
	}
	table("Secrets", false)
	table("Personal data", true)
	b.WriteString("\n## On public data\n\n" +
		"Every finding on the public data that ftlint is tried with was read, or a sample of them. A finding is true if it is what its detector says: an address to which one can write, a number that somebody can have, whether or not it is a person's. " +
		"False would be a number of something else, a version, an example. Kinds that are not in the table found nothing there: of them only our own texts can tell.\n\n" +
		"| data | examples | kind | findings | false | read |\n|---|---|---|---|---|---|\n")
	for _, j := range judgements(t) {
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s | %d | %s |\n", j.corpus, thousands(j.examples), j.kind, thousands(j.findings), j.falseOnes, j.read)
		if 10000*j.falseOnes > j.examples {
			t.Errorf("%s: %d false findings of %s in %d examples, more than 1 in 10,000", j.corpus, j.falseOnes, j.kind, j.examples)
		}
	}
	b.WriteString("\nThe goal is at most 1 false finding in 10,000 examples. The figures are those of\n\n" +
		"<!-- test: parse only -->\n```\nftlint check --select FTS --detect ip --show-secrets -o jsonl chat_en.jsonl\n```\n\n" +
		"and a test compares them with what the detectors find, where the data is. " +
		"Before, 71 of 13,536 findings were false, and the detectors were changed; texts like them are among our own now: addresses in templates (`{{…}}`) and of one letter (`a@d.co`), numbers with 555, sums (`1\\n+2`), the token of jwt.io, and `admin123` as a password.\n\n" +
		"## What is not found\n\n" +
		"Names, places and dates of birth, numbers without a form of their own such as those of customers, passwords in prose, and phone numbers written without a code of the country in countries other than those above. " +
		"An example that is masked can still tell who it is about.\n")
	path := filepath.Join("..", "..", "docs", "detectors.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(page)); diff != "" {
		t.Errorf("docs/detectors.md is not what the generator makes: run make generate (-want +got)\n%s", diff)
	}
}

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// TestJudged: the detectors find in the public data as much as was read and judged.
func TestJudged(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the public data are not here: ", err)
	}
	want, got := map[string]int{}, map[string]int{}
	corpora := map[string]int{}
	for _, j := range judgements(t) {
		want[j.corpus+" "+j.kind] = j.findings
		corpora[j.corpus] = j.examples
	}
	for corpus, examples := range corpora {
		names := []string{filepath.Join(dir, "corpora", corpus+".jsonl.zst")}
		if corpus == "files" {
			var err error
			if names, err = filepath.Glob(filepath.Join(dir, "files", "*.jsonl")); err != nil {
				t.Fatal(err)
			}
		}
		lines := 0
		for _, name := range names {
			lines += count(t, name, func(kind string) { got[corpus+" "+kind]++ })
		}
		if lines != examples {
			t.Errorf("%s has %d examples, not %d", corpus, lines, examples)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read what is new and judge it in testdata/judged.tsv (-judged +found)\n%s", diff)
	}
}

// count looks through the lines of a file, and returns how many there are.
func count(t *testing.T, name string, found func(kind string)) (lines int) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".zst") {
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	finder := Finder{Detect: map[string]bool{"ip": true}}
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			lines++
			for _, f := range finder.Scan(line, nil) {
				found(f.Kind.Name)
			}
		}
		if err != nil {
			return lines
		}
	}
}
