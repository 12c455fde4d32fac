package secrets

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// chars are random characters of an alphabet. Secrets are made here, as none, not even
// a made-up one, should stand in a repository.
func chars(n int, set string) string {
	random := rand.New(rand.NewPCG(uint64(n), uint64(len(set))))
	var all []byte
	for c, in := range of(set) {
		if in {
			all = append(all, byte(c))
		}
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = all[random.IntN(len(all))]
	}
	return string(b)
}

// checked is a token with the checksum that GitHub's have.
func checked(n int) string {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	body := chars(n-6, "A-Za-z0-9")
	sum, tail := crc32.ChecksumIEEE([]byte(body)), make([]byte, 6)
	for i := 5; i >= 0; i-- {
		tail[i] = base62[sum%62]
		sum /= 62
	}
	return body + string(tail)
}

func alnums(n int) string { return chars(n, "A-Za-z0-9") }

func webTokenText() string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part([]byte(`{"sub":"1234567890","name":"A"}`)) + "." + alnums(43)
}

// cases are texts with what is found in them, between ⟦ and ⟧.
func cases() map[string][]string {
	return map[string][]string{
		"private-key": {
			"⟦-----BEGIN " + "RSA PRIVATE KEY-----\\n" + chars(64, "A-Za-z0-9+/") + "\\n" + chars(20, "A-Za-z0-9+/") + "\\n⟧-----END RSA PRIVATE KEY-----",
			"⟦-----BEGIN " + "PRIVATE KEY-----\n" + chars(64, "A-Za-z0-9+/") + "\n⟧-----END",
			"A file begins with -----BEGIN PRIVATE KEY----- and so on",
			"-----BEGIN " + "PUBLIC KEY-----\n" + chars(64, "A-Za-z0-9+/"),
		},
		"aws-access-key":      {"id ⟦AKIA" + chars(16, "A-Z2-7") + "⟧.", "AKIA" + "IOSFODNN7EXAMPLE", "XAKIA" + chars(16, "A-Z2-7")},
		"aws-secret-key":      {`aws_secret_access_key = ⟦` + chars(40, "A-Za-z0-9+/") + "⟧ ", `"SecretAccessKey": "⟦` + chars(40, "A-Za-z0-9+/") + `⟧"`, "aws_secret_access_key = <your key>"},
		"azure-storage-key":   {"AccountName=a;AccountKey=⟦" + chars(86, "A-Za-z0-9+/") + "==⟧;", "AccountKey=..."},
		"azure-sas":           {"https://a.blob.core.windows.net/c/b?sv=2024&se=2026-01-01&sp=r&sig=⟦" + chars(43, "A-Za-z0-9") + "%3D⟧", "https://a/b?sig=" + chars(43, "A-Za-z0-9")},
		"azure-ad-secret":     {"secret ⟦" + chars(3, "A-Za-z0-9") + "8Q~" + chars(34, "A-Za-z0-9_~.-") + "⟧ here"},
		"azure-openai-key":    {"⟦" + alnums(52) + "JQQJ99" + alnums(26) + "⟧", `AZURE_OPENAI_API_KEY="⟦` + chars(32, "0-9a-f") + `⟧"`, `api-key: 00000000000000000000000000000000`},
		"google-api-key":      {"⟦AIza" + chars(35, "A-Za-z0-9_-") + "⟧"},
		"google-oauth-secret": {"⟦GOCSPX-" + chars(28, "A-Za-z0-9_-") + "⟧"},
		"github-token":        {"⟦ghp_" + checked(36) + "⟧", `\u5bc6\u94a5⟦ghp_` + checked(36) + "⟧", "ghp_" + alnums(36), "⟦github_pat_" + chars(82, "A-Za-z0-9_") + "⟧"},
		"gitlab-token":        {"⟦glpat-" + chars(20, "A-Za-z0-9_-") + "⟧"},
		"slack-token":         {"⟦xoxb-" + chars(12, "0-9") + "-" + chars(12, "0-9") + "-" + alnums(24) + "⟧"},
		"slack-webhook":       {"https://hooks.slack.com/services/⟦T" + chars(8, "A-Z0-9") + "/B" + chars(8, "A-Z0-9") + "/" + alnums(24) + "⟧"},
		"stripe-key":          {"⟦sk_live_" + alnums(24) + "⟧", "sk_test_" + alnums(24)},
		"anthropic-key":       {"⟦sk-ant-api03-" + chars(93, "A-Za-z0-9_-") + "AA⟧"},
		"openai-key":          {"⟦sk-" + alnums(20) + "T3BlbkFJ" + alnums(20) + "⟧", "⟦sk-proj-" + chars(60, "A-Za-z0-9_-") + "T3BlbkFJ" + chars(60, "A-Za-z0-9_-") + "⟧", "the task-oriented risk-averse sk-learn"},
		"huggingface-token":   {"⟦hf_" + chars(34, "A-Za-z") + "⟧", "hf_hub_download(repo)"},
		"npm-token":           {"⟦npm_" + checked(36) + "⟧"},
		"pypi-token":          {"⟦pypi-AgEIcHlwaS5vcmc" + chars(70, "A-Za-z0-9_-") + "⟧"},
		"sendgrid-key":        {"⟦SG." + chars(22, "A-Za-z0-9_-") + "." + chars(43, "A-Za-z0-9_-") + "⟧"},
		"digitalocean-token":  {"⟦dop_v1_" + chars(64, "0-9a-f") + "⟧"},
		"jwt":                 {"Bearer ⟦" + webTokenText() + "⟧ ", "eyJhbGciOi.eyJzdWIi.c2ln"},
		"database-url":        {"postgres://app:⟦h7Gk2pQz⟧@db.internal:5432/x", "mongodb+srv://u:⟦t0pS3cr3t⟧@c.mongodb.net", "postgres://user:password@localhost/db", "mysql://root:<password>@host", "mongodb://admin:admin123@localhost", "mysql://root:12345@host", "mysql://root:⟦84619273⟧@host", "redis://localhost:6379"},
		"email":               {"Write to ⟦anna.meyer@firma.de⟧, or\\n⟦bob+x@mail.co.uk⟧.", "me@example.com", "git@github.com:a/b.git", "{{email@gmail.com}}", "malloc+free-@libc.so", "logo@2x.png", "a@b", "user@host.example", "@everyone.here", "https://me@github.com/x", `\u90ae\u7bb1⟦anna.meyer@firma.de⟧\u3002`, `\\u90ae⟦anna@firma.de⟧`, "{{somebody@firma.de}}", "örnek@firma.de", "邮箱⟦anna@firma.de⟧。", "a@d.co c@x.co", "max@beispiel.de", "test@gmail.com", "author {{name <anna@firma.de>}}"},
		"phone": {
			"Call ⟦+49 30 901820⟧ or ⟦(415) 863-9900⟧, ⟦415-863-9900⟧.", "⟦+14158639900⟧", "⟦010-2345-6789⟧", "手机⟦13812345678⟧", "415-555-0123", "1234567890", "2024-01-02", "3.14159265", "192.168.100.200", "order 4158639900", "id +1 2", `\u7535\u8bdd⟦13812345678⟧`, `\u53f7⟦010-2345-6789⟧`, `\u5316⟦+49 30 901820⟧\u3002`, `\u5316281234`,
			"+1 415 555 2671", "555-863-9900", "+12345678900", "+19876543210", "844-555-5555", "472547338\n+960397912423", `47\n+960397912423`, "⟦330 223 3233⟧",
		},
		"card":              {"⟦4539 1488 0343 6467⟧", "⟦4539148803436467⟧.", "4111 1111 1111 1111", "4539 1488 0343 6468", "0.4539148803436467"},
		"iban":              {"⟦DE44 5001 0517 5407 3249 31⟧ please", "⟦GB33BUKB20201555555555⟧", "DE89370400440532013000", "DE44 5001 0517 5407 3249 32"},
		"us-ssn":            {"SSN ⟦536-22-1234⟧", "078-05-1120", "900-12-3456", "000-12-3456"},
		"uk-nino":           {"⟦AB123456C⟧", "BG123456A"},
		"kr-rrn":            {"⟦900101-1234568⟧", "900101-1234567"},
		"cn-id":             {"⟦11010519491231002X⟧", "110105199001011237"},
		"br-cpf":            {"⟦111.444.777-35⟧", "111.111.111-11", "111.444.777-36"},
		"fr-nir":            {"⟦1 84 12 76 451 089 46⟧", "184127645108947"},
		"es-dni":            {"⟦12345678Z⟧", "12345678A"},
		"it-codice-fiscale": {"⟦RSSMRA85T10A562S⟧", "RSSMRA85T10A562T"},
		"ip": {
			"from ⟦84.17.55.9⟧, ⟦2a02:8108:9640:1e::17⟧ and http://⟦84.17.55.9⟧:8080/x.", `{\"ip\":\"⟦84.17.55.9⟧\"}\n⟦84.17.55.9⟧\t`, "(⟦84.17.55.9⟧) ip:⟦84.17.55.9⟧ ⟦2A02:8108:9640:001E:0000:0000:0000:0017⟧",
			"version 84.17.55.9", "v84.17.55.9", "Chrome/84.17.55.9", "chapter 1.2.3.4 and 3.1.2.4", "84.17.55", "84.17.55.9.1", "84.17.55.256", "84.17.55.09", "84.17.55.9-beta", "84.17.0.0/16", "84.17.55.0/24",
			"10.1.2.3 172.20.1.2 192.168.1.20 127.0.0.1 169.254.1.1 100.64.1.1", "192.0.2.17 198.51.100.17 203.0.113.17 255.255.255.0 224.0.0.251", "8.8.8.8 and 1.1.1.1", "108.0.0.0",
			"2001:db8::17 fe80::1 ::1 fd00::17 3fff::17 2001::1", "20:15:30", "2024:10:12", "2a02:8108:9640:1e:17", "2000:", "std::2001::x", "00:1b:63:84:45:e6", "9.11.1842", "4 Jan 2004::", "SailfishOS 5.0.0.62", "{{84.17.55.9}}", "host {{84.17.55.9}} and",
		},
		"in-aadhaar": {"⟦2345 6789 0124⟧", "2345 6789 0125"},
	}
}

// TestDetectors has true and false examples of every kind.
func TestDetectors(t *testing.T) {
	known, all := map[string]bool{}, Finder{Detect: map[string]bool{"ip": true}}
	for _, k := range Kinds() {
		known[k.Name] = true
	}
	texts := cases()
	for name, texts := range texts {
		if !known[name] {
			t.Errorf("there is no kind %s", name)
		}
		seen := false
		for _, marked := range texts {
			var want []string
			text := marked
			for {
				i := strings.Index(text, "⟦")
				if i < 0 {
					break
				}
				j := strings.Index(text, "⟧")
				want = append(want, fmt.Sprintf("%s %q", name, text[i+len("⟦"):j]))
				text = text[:i] + text[i+len("⟦"):j] + text[j+len("⟧"):]
				seen = true
			}
			for _, around := range []string{"%s", `{"content":"%s"}`, "x %s y"} {
				whole := fmt.Sprintf(strings.ReplaceAll(around, "%s", "%[1]s"), text)
				var got []string
				for _, f := range all.Scan([]byte(whole), nil) {
					got = append(got, fmt.Sprintf("%s %q", f.Kind.Name, whole[f.Start:f.End]))
				}
				if name == "private-key" { // its end depends on what follows
					for i := range got {
						got[i], _, _ = strings.Cut(got[i], "KEY-----")
					}
					for i := range want {
						want[i], _, _ = strings.Cut(want[i], "KEY-----")
					}
				}
				if strings.Join(got, "\n") != strings.Join(want, "\n") {
					t.Errorf("%s in %s:\n%v\nwant\n%v", name, whole, got, want)
				}
			}
		}
		if !seen {
			t.Errorf("%s has no true example", name)
		}
	}
	for name := range known {
		if texts[name] == nil {
			t.Errorf("%s has no examples", name)
		}
	}
}

func TestMask(t *testing.T) {
	for name, texts := range cases() {
		for _, marked := range texts {
			text := []byte(strings.NewReplacer("⟦", "", "⟧", "").Replace(marked))
			secret := ""
			if i, j := strings.Index(marked, "⟦"), strings.Index(marked, "⟧"); i >= 0 {
				secret = marked[i+len("⟦") : j]
			}
			n := len(text)
			(&Finder{Detect: map[string]bool{"ip": true}}).Mask(text)
			if len(text) != n || secret != "" && bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

// slowly looks at every byte of a text, without what saves time.
func slowly(text []byte, withIP bool) (found []Found) {
	last := 0
	for i := range text {
		found, last = look(text, i, found, last, withIP)
	}
	return found
}

func sameAsSlowly(t *testing.T, text []byte) {
	t.Helper()
	for _, withIP := range []bool{false, true} {
		if want, got := slowly(text, withIP), scan(text, nil, withIP); !slices.Equal(got, want) {
			t.Fatalf("%q: found %v, slowly %v", text, got, want)
		}
	}
}

// TestFast: nothing is lost by what saves time, wherever in a text something stands.
func TestFast(t *testing.T) {
	for _, texts := range cases() {
		for _, marked := range texts {
			text := strings.NewReplacer("⟦", "", "⟧", "").Replace(marked)
			for before := range 70 {
				sameAsSlowly(t, []byte(strings.Repeat("-", before)+" "+text+" and so on"))
			}
			for end := range len(text) {
				sameAsSlowly(t, []byte(text[:end]))
			}
		}
	}
}

// FuzzScan: no text is too odd, and what is found lies in it, in order.
func FuzzScan(f *testing.F) {
	for _, texts := range cases() {
		for _, text := range texts {
			f.Add([]byte(strings.NewReplacer("⟦", "", "⟧", "").Replace(text)))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		sameAsSlowly(t, text)
		last := 0
		for _, found := range (&Finder{Detect: map[string]bool{"ip": true}}).Scan(text, nil) {
			if found.Start < last || found.End <= found.Start || found.End > len(text) {
				t.Fatalf("%q: %+v after %d", text, found, last)
			}
			last = found.End
		}
	})
}

// TestFinder: kinds can be switched on and off, and texts be allowed.
func TestFinder(t *testing.T) {
	const text = "From 84.17.55.9 write to anna@meyer.de or ben@meyer.de, or call +49 30 901820."
	for _, test := range []struct {
		about        string
		finder       Finder
		want, masked string
	}{
		{"as usual", Finder{}, "anna@meyer.de ben@meyer.de +49 30 901820", "From 84.17.55.9 write to ************* or ************, or call *************."},
		{"with IP addresses", Finder{Detect: map[string]bool{"ip": true}}, "84.17.55.9 anna@meyer.de ben@meyer.de +49 30 901820", "From ********** write to ************* or ************, or call *************."},
		{"without phones", Finder{Detect: map[string]bool{"phone": false}}, "anna@meyer.de ben@meyer.de", "From 84.17.55.9 write to ************* or ************, or call *************."},
		{"an address allowed", Finder{Allowed: Allow([]string{"Anna@meyer.de"})}, "ben@meyer.de +49 30 901820", "From 84.17.55.9 write to anna@meyer.de or ************, or call *************."},
		{"addresses allowed", Finder{Allowed: Allow([]string{"*@meyer.de"})}, "+49 30 901820", "From 84.17.55.9 write to anna@meyer.de or ben@meyer.de, or call *************."},
	} {
		var got []string
		for _, f := range test.finder.Scan([]byte(text), nil) {
			got = append(got, text[f.Start:f.End])
		}
		masked := []byte(text)
		test.finder.Mask(masked)
		if strings.Join(got, " ") != test.want || string(masked) != test.masked {
			t.Errorf("%s: found %v, masked %s", test.about, got, masked)
		}
	}
}

func TestAllow(t *testing.T) {
	for pattern, texts := range map[string][2]string{
		"a@b.de":     {"a@b.de", "xa@b.de"},
		"*@b.de":     {"long.name@b.de", "a@b.dev"},
		"AKIA*DEMO":  {"akia1234demo", "AKIA1234"},
		"*demo*key*": {"a demo of a key", "a key of a demo"},
		"ab*bc":      {"abbc", "abc"},
	} {
		allowed := Allow([]string{"other", pattern})
		if !allowed([]byte(texts[0])) || allowed([]byte(texts[1])) {
			t.Errorf("%s: %q is allowed: %v, %q: %v", pattern, texts[0], allowed([]byte(texts[0])), texts[1], allowed([]byte(texts[1])))
		}
	}
	if Allow(nil) != nil {
		t.Error("an empty list allows something")
	}
}
