package secrets

import (
	"bytes"
	"encoding/base64"
	"hash/crc32"
	"math"
	"strings"
)

// alphabet is a set of bytes.
type alphabet [256]bool

// of makes an alphabet; a-z stands for a range.
func of(set string) *alphabet {
	var a alphabet
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			for c := int(set[i]); c <= int(set[i+2]); c++ {
				a[c] = true
			}
			i += 2
			continue
		}
		a[set[i]] = true
	}
	return &a
}

var (
	digits    = of("0-9")
	hex       = of("0-9a-f")
	upper     = of("A-Z")
	letters   = of("A-Za-z")
	alnum     = of("A-Za-z0-9")
	word      = of("A-Za-z0-9_")
	base64URL = of("A-Za-z0-9_-")
	base64Std = of("A-Za-z0-9+/")
	base32    = of("A-Z2-7")

	slackPath   = of("A-Za-z0-9/")
	assigns     = of("=:\"'\\ \t>")
	percented   = of("A-Za-z0-9%+/=")
	entraSecret = of("A-Za-z0-9_~.-")
)

// run returns how many bytes of an alphabet text begins with.
func run(text []byte, a *alphabet) int {
	for i, c := range text {
		if !a[c] {
			return i
		}
	}
	return len(text)
}

// free reports whether no byte of an alphabet stands before at. The letter of an escape
// of JSON does not count.
func free(text []byte, at int, a *alphabet) bool {
	if at == 0 || !a[text[at-1]] {
		return true
	}
	return at >= 2 && text[at-2] == '\\' && bytes.IndexByte([]byte("nrtbf"), text[at-1]) >= 0 || endOfEscape(text, at-1) == at
}

// token returns what finds a prefix and then from least to most bytes of an alphabet,
// with nothing of it around, that pass a check.
func token(a *alphabet, prefix string, least, most int, check func(body []byte) bool) func([]byte, int) (int, int) {
	return func(text []byte, at int) (int, int) {
		if !bytes.HasPrefix(text[at:], []byte(prefix)) || !free(text, at, word) {
			return -1, 0
		}
		body := text[at+len(prefix):]
		n := run(body, a)
		if n < least || n > most || check != nil && !check(body[:n]) {
			return -1, 0
		}
		return at, at + len(prefix) + n
	}
}

// entropy is the bits of information in a byte of text.
func entropy(text []byte) float64 {
	var counts [256]int
	for _, c := range text {
		counts[c]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(text))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// random returns a check that text is not made up by hand: xxxx, 1234, EXAMPLE.
func random(least float64) func([]byte) bool {
	return func(body []byte) bool {
		lower := bytes.ToLower(body)
		for _, madeUp := range []string{"example", "xxxx", "your", "abcdef", "12345", "00000", "redacted", "secret", "sample", "dummy"} {
			if bytes.Contains(lower, []byte(madeUp)) {
				return false
			}
		}
		return entropy(body) >= least
	}
}

func kind(name, title string) *Kind {
	return &Kind{Name: name, Title: title, Label: strings.ToUpper(strings.ReplaceAll(name, "-", "_"))}
}

func personal(name, title string) *Kind {
	k := kind(name, title)
	k.Personal = true
	return k
}

// detectors are all that go by a word. The order counts where words begin alike.
var detectors = []detector{
	{kind("private-key", "a private key"), []string{"-----BEGIN"}, privateKey},
	{kind("aws-access-key", "an access key of AWS"), []string{"AKIA", "ASIA", "ABIA", "ACCA"}, func(text []byte, at int) (int, int) {
		return token(alnum, string(text[at:at+4]), 16, 16, func(body []byte) bool { return run(body, base32) == 16 && random(3)(body) })(text, at)
	}},
	{kind("aws-secret-key", "a secret key of AWS"), []string{"aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey"}, assigned(base64Std, 40, 40, random(4))},
	{kind("azure-storage-key", "a storage key of Azure"), []string{"AccountKey="}, func(text []byte, at int) (int, int) {
		start := at + len("AccountKey=")
		if n := run(text[start:], base64Std); n == 86 && bytes.HasPrefix(text[start+n:], []byte("==")) && random(4)(text[start:start+n]) {
			return start, start + n + 2
		}
		return -1, 0
	}},
	{kind("azure-sas", "a shared access signature of Azure"), []string{"sig="}, sharedAccess},
	{kind("azure-ad-secret", "a client secret of Microsoft Entra"), []string{"8Q~", "7Q~", "6Q~", "5Q~", "4Q~", "3Q~", "2Q~", "1Q~", "0Q~", "9Q~"}, clientSecret},
	{kind("azure-openai-key", "a key of Azure OpenAI"), []string{"JQQJ99"}, func(text []byte, at int) (int, int) {
		start := at - 52
		if start < 0 || !free(text, start, alnum) || run(text[start:], alnum) != 84 || !random(4)(text[start:start+52]) {
			return -1, 0
		}
		return start, start + 84
	}},
	{kind("azure-openai-key", "a key of Azure OpenAI"), []string{"AZURE_OPENAI_API_KEY", "AZURE_OPENAI_KEY", "api-key", "Ocp-Apim-Subscription-Key"}, assigned(hex, 32, 32, random(3))},
	{kind("google-api-key", "an API key of Google"), []string{"AIza"}, token(base64URL, "AIza", 35, 35, random(3.5))},
	{kind("google-oauth-secret", "a client secret of Google"), []string{"GOCSPX-"}, token(base64URL, "GOCSPX-", 28, 28, random(3.5))},
	{kind("github-token", "a token of GitHub"), []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, func(text []byte, at int) (int, int) {
		return token(alnum, string(text[at:at+4]), 36, 36, gitHubChecksum)(text, at)
	}},
	{kind("github-token", "a token of GitHub"), []string{"github_pat_"}, token(word, "github_pat_", 82, 82, random(4))},
	{kind("gitlab-token", "a token of GitLab"), []string{"glpat-"}, token(base64URL, "glpat-", 20, 64, random(3.3))},
	{kind("slack-token", "a token of Slack"), []string{"xoxb-", "xoxp-", "xoxa-", "xoxo-", "xoxr-", "xoxs-"}, func(text []byte, at int) (int, int) {
		return token(base64URL, string(text[at:at+5]), 24, 200, func(body []byte) bool { return run(body, digits) >= 9 && random(3)(body) })(text, at)
	}},
	{kind("slack-webhook", "a webhook of Slack"), []string{"hooks.slack.com/services/"}, func(text []byte, at int) (int, int) {
		start := at + len("hooks.slack.com/services/")
		n := run(text[start:], slackPath)
		if n < 40 || text[start] != 'T' || !random(3.5)(text[start:start+n]) {
			return -1, 0
		}
		return start, start + n
	}},
	{kind("stripe-key", "a key of Stripe"), []string{"sk_live_", "rk_live_"}, func(text []byte, at int) (int, int) {
		return token(alnum, string(text[at:at+8]), 24, 247, random(3.5))(text, at)
	}},
	{kind("anthropic-key", "a key of Anthropic"), []string{"sk-ant-"}, token(base64URL, "sk-ant-", 90, 120, func(body []byte) bool {
		return bytes.HasSuffix(body, []byte("AA")) && random(4)(body)
	})},
	{kind("openai-key", "a key of OpenAI"), []string{"sk-"}, token(base64URL, "sk-", 44, 220, func(body []byte) bool {
		return bytes.Contains(body, []byte("T3BlbkFJ")) && random(4)(body)
	})},
	{kind("huggingface-token", "a token of Hugging Face"), []string{"hf_"}, token(alnum, "hf_", 34, 34, random(3.5))},
	{kind("npm-token", "a token of npm"), []string{"npm_"}, token(alnum, "npm_", 36, 36, gitHubChecksum)},
	{kind("pypi-token", "a token of PyPI"), []string{"pypi-AgEIcHlwaS5vcmc"}, token(base64URL, "pypi-AgEIcHlwaS5vcmc", 50, 1000, random(4))},
	{kind("sendgrid-key", "a key of SendGrid"), []string{"SG."}, func(text []byte, at int) (int, int) {
		body := text[at+3:]
		n := run(body, base64URL)
		if !free(text, at, word) || n != 22 || len(body) <= n || body[n] != '.' || run(body[n+1:], base64URL) != 43 || !random(4)(body[:66]) {
			return -1, 0
		}
		return at, at + 3 + 66
	}},
	{kind("digitalocean-token", "a token of DigitalOcean"), []string{"dop_v1_"}, token(hex, "dop_v1_", 64, 64, random(3))},
	{kind("jwt", "a JSON web token"), []string{"eyJ"}, webToken},
	{kind("database-url", "a database URL with a password"), []string{"postgres://", "postgresql://", "mysql://", "mongodb://", "mongodb+srv://", "redis://", "rediss://", "amqp://", "amqps://", "mssql://", "sqlserver://"}, databaseURL},
}

// privateKey finds a key in PEM, up to its end or that of the text.
func privateKey(text []byte, at int) (int, int) {
	head := text[at:min(len(text), at+80)]
	i := bytes.Index(head, []byte("PRIVATE KEY"))
	if i < 0 || bytes.Contains(head[:i], []byte("PUBLIC")) {
		return -1, 0
	}
	j := bytes.Index(text[at+i:], []byte("-----"))
	if j < 0 || j > 20 {
		return -1, 0
	}
	start := at + i + j + len("-----")
	end, chars := start, 0
	for end < len(text) {
		switch c := text[end]; {
		case base64Std[c] || c == '=':
			chars++
		case c == '\\' && end+1 < len(text) && (text[end+1] == 'n' || text[end+1] == 'r'):
			end++
		case c == '\n', c == '\r', c == ' ':
		default:
			if chars < 60 {
				return -1, 0
			}
			return at, end
		}
		end++
	}
	if chars < 60 {
		return -1, 0
	}
	return at, end
}

// assigned returns what finds a value behind a name: name = "value", "name": "value".
func assigned(a *alphabet, least, most int, check func([]byte) bool) func([]byte, int) (int, int) {
	return func(text []byte, at int) (int, int) {
		i := at + run(text[at:], base64URL)
		between := run(text[i:], assigns)
		if between == 0 || between > 8 {
			return -1, 0
		}
		i += between
		n := run(text[i:], a)
		if n < least || n > most || i+n < len(text) && alnum[text[i+n]] || !check(text[i:i+n]) {
			return -1, 0
		}
		return i, i + n
	}
}

// sharedAccess finds the signature of a URL that has the other parameters of one.
func sharedAccess(text []byte, at int) (int, int) {
	if at == 0 || bytes.IndexByte([]byte("&?;6"), text[at-1]) < 0 { // 6: \u0026
		return -1, 0
	}
	start := at + len("sig=")
	n := run(text[start:], percented)
	if n < 43 || n > 80 || !random(3.5)(text[start:start+n]) {
		return -1, 0
	}
	around := text[max(0, at-400):min(len(text), start+n+400)]
	if !bytes.Contains(around, []byte("se=")) || !bytes.Contains(around, []byte("sv=")) && !bytes.Contains(around, []byte("sp=")) {
		return -1, 0
	}
	return start, start + n
}

// clientSecret finds a secret of 40 characters with 8Q~ (or another digit) at its
// fourth.
func clientSecret(text []byte, at int) (int, int) {
	start, in := at-3, entraSecret
	if start < 0 || !free(text, start, in) {
		return -1, 0
	}
	n := run(text[start:], in)
	if n < 37 || n > 41 || !random(4)(text[start:start+n]) {
		return -1, 0
	}
	return start, start + n
}

// gitHubChecksum reports whether the last six characters are the CRC-32 of the others
// in base 62, as in tokens of GitHub and npm.
func gitHubChecksum(body []byte) bool {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	n := len(body) - 6
	sum := crc32.ChecksumIEEE(body[:n])
	for i := len(body) - 1; i >= n; i-- {
		if body[i] != base62[sum%62] {
			return false
		}
		sum /= 62
	}
	return sum == 0
}

// webToken finds a token whose first part is JSON with an algorithm.
func webToken(text []byte, at int) (int, int) {
	if !free(text, at, base64URL) {
		return -1, 0
	}
	head := run(text[at:], base64URL)
	rest := text[at+head:]
	if head < 15 || len(rest) < 2 || rest[0] != '.' {
		return -1, 0
	}
	body := run(rest[1:], base64URL)
	end := at + head + 1 + body
	if body < 10 || end >= len(text) || text[end] != '.' {
		return -1, 0
	}
	signature := run(text[end+1:], base64URL)
	header, err := base64.RawURLEncoding.DecodeString(string(text[at : at+head]))
	if err != nil || signature < 20 || !bytes.Contains(header, []byte(`"alg"`)) {
		return -1, 0
	}
	// The token that jwt.io and many tutorials show.
	if claims, err := base64.RawURLEncoding.DecodeString(string(rest[1 : 1+body])); err == nil && bytes.Contains(claims, []byte("1234567890")) && bytes.Contains(claims, []byte("John Doe")) {
		return -1, 0
	}
	return at, end + 1 + signature
}

// databaseURL finds name:password of a database URL.
func databaseURL(text []byte, at int) (int, int) {
	if !free(text, at, alnum) {
		return -1, 0
	}
	i := at + bytes.Index(text[at:], []byte("://")) + 3
	n := bytes.IndexAny(text[i:], "@/ \"'<>`\t\n")
	if n < 3 || text[i+n] != '@' {
		return -1, 0
	}
	_, password, ok := bytes.Cut(text[i:i+n], []byte(":"))
	if !ok || !realPassword(password) {
		return -1, 0
	}
	return i + n - len(password), i + n
}

// realPassword reports whether text is a password and not what stands for one.
func realPassword(text []byte) bool {
	if len(text) < 4 || bytes.ContainsAny(text, "<>{}[]$*%") || bytes.Contains(text, []byte("...")) {
		return false
	}
	switch strings.TrimRight(strings.ToLower(string(text)), "0123456789!") {
	case "":
		return !strings.HasPrefix("1234567890", string(text))
	case "pass", "password", "passwd", "pwd", "secret", "mysecretpassword", "changeme", "postgres", "root", "admin", "user", "test", "guest", "example", "your_password", "yourpassword", "mypassword", "db_password", "dbpass", "redacted", "token":
		return false
	}
	return !bytes.Contains(bytes.ToLower(text), []byte("password")) && !bytes.Contains(bytes.ToLower(text), []byte("xxx"))
}
