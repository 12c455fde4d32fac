package secrets

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// The kinds of personal data.
var (
	email      = personal("email", "an e-mail address")
	phone      = personal("phone", "a phone number")
	card       = personal("card", "the number of a payment card")
	accountNo  = personal("iban", "an account number (IBAN)")
	nationalUS = personal("us-ssn", "a US social security number")
	nationalGB = personal("uk-nino", "a UK national insurance number")
	nationalKR = personal("kr-rrn", "a Korean resident number")
	nationalCN = personal("cn-id", "a Chinese identity number")
	nationalBR = personal("br-cpf", "a Brazilian tax number (CPF)")
	nationalFR = personal("fr-nir", "a French social security number")
	nationalES = personal("es-dni", "a Spanish identity number")
	nationalIT = personal("it-codice-fiscale", "an Italian tax code")
	nationalIN = personal("in-aadhaar", "an Indian Aadhaar number")
)

// What mail addresses are made of.
var (
	mailName = of("A-Za-z0-9._%+-")
	hostName = of("A-Za-z0-9.-")
)

// address finds an e-mail address around the @ at i.
func address(text []byte, i int) (start, end int) {
	start = i
	for start > 0 && mailName[text[start-1]] {
		start--
	}
	// The letter of an escape of JSON is not part of it.
	if start > 0 && text[start-1] == '\\' {
		if bytes.IndexByte([]byte("nrtbf"), text[start]) >= 0 {
			start++
		} else if end := endOfEscape(text, start+1); end > 0 && end <= i {
			start = end
		}
	}
	end = i + 1 + run(text[i+1:], hostName)
	for end > i+1 && (text[end-1] == '.' || text[end-1] == '-') {
		end--
	}
	for start < i && (text[start] == '.' || text[start] == '-' || text[start] == '+' || text[start] == '%') {
		start++
	}
	if before, _ := utf8.DecodeLastRune(text[:start]); before >= utf8.RuneSelf && unicode.Is(unicode.Latin, before) {
		return -1, 0 // the rest of a name with an accent is not an address
	}
	domain := strings.ToLower(string(text[i+1 : end]))
	dot := strings.LastIndexByte(domain, '.')
	if start == i || dot <= 0 || strings.Contains(domain, "..") || text[i-1] == '.' || text[i-1] == '-' || i-start > 64 {
		return -1, 0
	}
	tld := domain[dot+1:]
	if len(tld) < 2 || run([]byte(tld), letters) != len(tld) || notATLD[tld] || madeUpDomain(domain) {
		return -1, 0
	}
	if i-start == 1 && dot == 1 || toFillIn(text, start) {
		return -1, 0 // a@b.co
	}
	switch strings.ToLower(string(text[start:i])) {
	case "email", "user", "username", "name", "you", "your", "yourname", "your_email", "youremail", "someone", "somebody", "example", "foo", "firstname.lastname", "test", "alias":
		return -1, 0
	}
	if start > 0 && (text[start-1] == '/' || text[start-1] == ':') && bytes.HasSuffix(text[:start], []byte("://")) || end < len(text) && text[end] == ':' && strings.HasPrefix(string(text[start:i]), "git") {
		return -1, 0 // the name in a URL, or git@host:path
	}
	return start, end
}

// notATLD are endings of files and of code that stand behind an @.
var notATLD = map[string]bool{"png": true, "jpg": true, "jpeg": true, "gif": true, "svg": true, "webp": true, "css": true, "js": true, "json": true, "md": true, "service": true, "local": true, "localhost": true, "target": true, "timer": true, "socket": true}

// madeUpDomain reports whether a domain is one that is nobody's (RFC 2606), or that
// stands for one.
func madeUpDomain(domain string) bool {
	for _, ending := range []string{"example.com", "example.org", "example.net", "example.edu", "domain.com", "yourdomain.com", "mydomain.com", "test.com", "email.com", "company.com", "yourcompany.com", "acme.com", "foo.com", "bar.com", "sample.com", "somedomain.com"} {
		if domain == ending || strings.HasSuffix(domain, "."+ending) {
			return true
		}
	}
	for _, tld := range []string{".example", ".test", ".invalid", ".localhost"} {
		if strings.HasSuffix(domain, tld) {
			return true
		}
	}
	name, _, _ := strings.Cut(domain, ".")
	switch name {
	case "example", "beispiel", "ejemplo", "exemplo", "exemple", "exemplu", "esempio", "voorbeeld", "ornek":
		return true
	}
	return false
}

// toFillIn reports whether at stands in what a template leaves to be filled in: {{at}}.
func toFillIn(text []byte, at int) bool {
	const most = 40
	before := text[max(0, at-most):at]
	i := bytes.LastIndex(before, []byte("{{"))
	return i >= 0 && !bytes.Contains(before[i:], []byte("}}")) && !bytes.ContainsAny(before[i:], "\"\\")
}

// grouped is a number as it is written: digits in groups.
type grouped struct {
	digits     []byte
	groups     []int  // digits of each
	separators []byte // between them
	start, end int
	plus       bool

	digitRoom     [maxDigits]byte
	groupRoom     [maxDigits]int
	separatorRoom [maxDigits]byte
}

// numbers has room for them: a grouped points into itself, and so cannot be on the stack.
var numbers = sync.Pool{New: func() any { return new(grouped) }}

// maxDigits is how many digits a number has at most that is looked at.
const maxDigits = 24

// read reads the number that begins at i, with a plus or a parenthesis before it.
func (g *grouped) read(text []byte, i int) (ok bool) {
	g.start, g.end, g.plus = i, i, false
	g.digits, g.groups, g.separators = g.digitRoom[:0], g.groupRoom[:0], g.separatorRoom[:0]
	switch {
	case i > 0 && text[i-1] == '+':
		g.plus, g.start = true, i-1
	case i > 0 && text[i-1] == '(':
		g.start = i - 1
		if i > 1 && text[i-2] == '+' {
			g.plus, g.start = true, i-2
		}
	}
	if g.start > 0 {
		if c := text[g.start-1]; word[c] && !free(text, g.start, word) || bytes.IndexByte([]byte(".,/-#$=&%+"), c) >= 0 {
			return false
		}
	}
	at, count := i, 0
	for at < len(text) {
		n := run(text[at:], digits)
		if n == 0 || len(g.digits)+n > maxDigits {
			break
		}
		g.digits = append(g.digits, text[at:at+n]...)
		g.groups = append(g.groups, n)
		at += n
		count = at
		if at+1 >= len(text) {
			break
		}
		switch c := text[at]; {
		case (c == ' ' || c == '-' || c == '.') && digits[text[at+1]]:
			g.separators = append(g.separators, c)
			at++
		case c == ')' && digits[text[at+1]]:
			g.separators = append(g.separators, ')')
			at++
		case c == ')' && at+2 < len(text) && (text[at+1] == ' ' || text[at+1] == '-') && digits[text[at+2]]:
			g.separators = append(g.separators, ')')
			at += 2
		case c == ' ' && at+2 < len(text) && text[at+1] == '(' && digits[text[at+2]]:
			g.separators = append(g.separators, '(')
			at += 2
		default:
			g.end = count
			return true
		}
	}
	g.end = count
	return true
}

// closed reports whether no more of a word or number follows.
func (g *grouped) closed(text []byte) bool {
	if g.end >= len(text) {
		return true
	}
	if c := text[g.end]; word[c] || c == '-' || c == '/' || c == '%' {
		return false
	} else if c == '.' || c == ',' || c == ':' {
		return g.end+1 >= len(text) || !digits[text[g.end+1]]
	}
	return true
}

// shape reports whether the groups have these lengths, with only the separator between
// them; 0 is any.
func (g *grouped) shape(separator byte, lengths ...int) bool {
	if len(g.groups) != len(lengths) {
		return false
	}
	for i, n := range lengths {
		if g.groups[i] != n {
			return false
		}
	}
	for _, s := range g.separators {
		if separator != 0 && s != separator {
			return false
		}
	}
	return true
}

// leastDigits is how many digits a number has at least that is looked at.
const leastDigits = 7

// mayBeNumber reports whether the digits that begin at i may be part of what number
// finds: mostly a look at what follows them says that they are not.
func mayBeNumber(text []byte, i int) bool {
	n := run(text[i:min(len(text), i+leastDigits)], digits)
	if n >= leastDigits || i > 1 && upper[text[i-1]] {
		return true
	}
	if i+n+2 >= len(text) {
		return false
	}
	switch text[i+n] {
	case ' ', ')':
		return digits[text[i+n+1]] || digits[text[i+n+2]]
	case '-', '.':
		return digits[text[i+n+1]]
	}
	return false
}

// number looks at the digits that begin at i: a card, an account, an identity number, a
// phone. Most digits are none of these, which mayBeNumber sees before.
func number(text []byte, i int) (Found, bool) {
	if end := endOfEscape(text, i); end > 0 {
		if end >= len(text) || !digits[text[end]] {
			return Found{}, false
		}
		i = end // the digits before are those of the escape
	}
	n := run(text[i:min(len(text), i+maxDigits+1)], digits)
	next := byte(0)
	if i+n < len(text) {
		next = text[i+n]
	}
	if i > 1 && upper[text[i-1]] && endOfEscape(text, i-1) != i || n == 8 && upper[next] {
		if start, end := iban(text, i); end > 0 {
			return Found{accountNo, start, end}, true
		}
		if start, end := lettered(text, i, n); end > 0 {
			return Found{letteredKind(text[start:end]), start, end}, true
		}
		return Found{}, false
	}
	g := numbers.Get().(*grouped)
	defer numbers.Put(g)
	if !g.read(text, i) || len(g.digits) < leastDigits {
		return Found{}, false
	}
	if k := identity(text, g); k != nil {
		return Found{k, g.start, g.end}, true
	}
	if !g.closed(text) {
		return Found{}, false
	}
	switch {
	case isCard(g):
		return Found{card, g.start, g.end}, true
	case isPhone(text, g):
		return Found{phone, g.start, g.end}, true
	}
	return Found{}, false
}

// identity tells which identity number a number is, or nil.
func identity(text []byte, g *grouped) *Kind {
	if g.plus {
		return nil
	}
	if len(g.groups) == 1 && len(g.digits) == 17 && g.end < len(text) && (text[g.end] == 'X' || text[g.end] == 'x') {
		id := append(bytes.Clone(g.digits), 'X')
		if isChinese(id) {
			g.end++
			if g.closed(text) {
				return nationalCN
			}
			g.end--
		}
	}
	if !g.closed(text) {
		return nil
	}
	d := g.digits
	switch {
	case len(g.groups) == 1 && len(d) == 18 && isChinese(d):
		return nationalCN
	case g.shape('-', 6, 7) && isKorean(d):
		return nationalKR
	case g.shape('-', 3, 2, 4) && isSSN(d):
		return nationalUS
	case len(g.groups) == 4 && g.shape(0, 3, 3, 3, 2) && string(g.separators) == "..-" && isCPF(d):
		return nationalBR
	case len(d) == 15 && (len(g.groups) == 1 || g.shape(' ', 1, 2, 2, 2, 3, 3, 2)) && isNIR(d):
		return nationalFR
	case g.shape(' ', 4, 4, 4) && d[0] >= '2' && verhoeff(d):
		return nationalIN
	}
	return nil
}

func two(d []byte) int { return int(d[0]-'0')*10 + int(d[1]-'0') }

// date reports whether digits are month and day.
func date(d []byte) bool {
	month, day := two(d), two(d[2:])
	return 1 <= month && month <= 12 && 1 <= day && day <= 31
}

func isChinese(d []byte) bool {
	if d[0] == '0' || two(d[6:]) != 19 && two(d[6:]) != 20 || !date(d[10:]) {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(d[i]-'0') * w
	}
	return "10X98765432"[sum%11] == d[17]
}

func isKorean(d []byte) bool {
	if !date(d[2:]) || d[6] == '0' || d[6] == '9' {
		return false
	}
	weights := [12]int{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5}
	sum := 0
	for i, w := range weights {
		sum += int(d[i]-'0') * w
	}
	return (11-sum%11)%10 == int(d[12]-'0')
}

func isSSN(d []byte) bool {
	area, group, serial := string(d[:3]), string(d[3:5]), string(d[5:])
	if area == "000" || area == "666" || area[0] == '9' || group == "00" || serial == "0000" {
		return false
	}
	return string(d) != "078051120" && string(d) != "219099999" && string(d) != "123456789"
}

func isCPF(d []byte) bool {
	if bytes.Count(d, d[:1]) == len(d) {
		return false
	}
	for n := 9; n <= 10; n++ {
		sum := 0
		for i := range n {
			sum += int(d[i]-'0') * (n + 1 - i)
		}
		if sum*10%11%10 != int(d[n]-'0') {
			return false
		}
	}
	return true
}

func isNIR(d []byte) bool {
	if d[0] != '1' && d[0] != '2' || two(d[3:]) < 1 || two(d[3:]) > 12 {
		return false
	}
	n := 0
	for _, c := range d[:13] {
		n = (n*10 + int(c-'0')) % 97
	}
	return 97-n == two(d[13:])
}

// verhoeff checks the last digit by Verhoeff's scheme.
func verhoeff(d []byte) bool {
	permute := func(c, times int) int {
		for range times {
			c = [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}[c]
		}
		return c
	}
	multiply := func(a, b int) int { // in the dihedral group of order 10
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return 5 + (a+b-5)%5
		case b < 5:
			return 5 + (a-5-b+5)%5
		}
		return (a - b + 5) % 5
	}
	c := 0
	for i := range d {
		c = multiply(c, permute(int(d[len(d)-1-i]-'0'), i%8))
	}
	return c == 0 && bytes.Count(d, d[:1]) < len(d)
}

// isCard reports whether a number is that of a card: by its beginning, its length and
// Luhn's check digit. Numbers that are known from documentation are not.
func isCard(g *grouped) bool {
	d := g.digits
	if g.plus || len(d) < 13 || len(d) > 19 {
		return false
	}
	fits := len(g.groups) == 1 || g.shape(0, 4, 4, 4, 4) || g.shape(0, 4, 6, 5) || g.shape(0, 4, 6, 4)
	first := string(d[:4])
	brand := d[0] == '4' && (len(d) == 16 || len(d) == 19) ||
		len(d) == 16 && ("5100" <= first && first <= "5599" || "2221" <= first && first <= "2720" || first[:2] == "65" || first == "6011" || "3528" <= first && first <= "3589") ||
		len(d) == 15 && (first[:2] == "34" || first[:2] == "37") ||
		len(d) == 14 && (first[:2] == "36" || first[:2] == "38" || "3000" <= first && first <= "3059") ||
		len(d) >= 16 && first[:2] == "62"
	if !fits || !brand {
		return false
	}
	switch string(d) {
	case "4111111111111111", "4012888888881881", "4242424242424242", "4000000000000002", "5555555555554444", "5105105105105100",
		"378282246310005", "371449635398431", "6011111111111117", "6011000990139424", "30569309025904", "38520000023237", "3530111333300000", "4222222222222":
		return false
	}
	return luhn(d) && bytes.Count(d, d[1:2]) < len(d)-4
}

func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// isPhone reports whether a number is written as phone numbers are.
func isPhone(text []byte, g *grouped) bool {
	d := g.digits
	if bytes.Count(d, d[len(d)-1:]) >= len(d)-2 {
		return false // 5555555
	}
	if bytes.Contains(d, []byte("123456789")) || bytes.Contains(d, []byte("987654321")) {
		return false
	}
	if g.plus {
		if len(d) < 9 || len(d) > 15 || d[0] == '0' || len(g.groups) == 1 && (len(d) < 10 || len(d) > 13) || isSum(text, g.start) {
			return false
		}
		return d[0] != '1' || len(d) == 11 && isAmerican(d[1:])
	}
	us := d
	groups := g.groups
	if len(d) == 11 && d[0] == '1' && len(groups) > 1 && groups[0] == 1 {
		us, groups = d[1:], groups[1:]
	}
	if len(us) == 10 && len(groups) == 3 && groups[0] == 3 && groups[1] == 3 {
		// In London numbers are written so too, with spaces.
		return isAmerican(us) || g.shape(' ', 3, 3, 4) && us[0] == '3' && us[3] >= '2'
	}
	switch {
	case len(groups) == 3 && groups[0] == 3 && string(d[:2]) == "01" && (len(d) == 10 || len(d) == 11) && groups[2] == 4: // Korea
		return bytes.IndexByte([]byte("016789"), d[2]) >= 0
	case g.shape(0, 3, 4, 4) && d[0] == '0' && d[2] == '0' && d[1] >= '5': // Japan
		return true
	case g.shape(0, 3, 4, 4) && d[0] == '1' && d[1] >= '3': // China
		return true
	case len(groups) == 1 && len(d) == 11 && d[0] == '1' && d[1] >= '3':
		before := bytes.ToLower(text[max(0, g.start-24):g.start])
		for _, says := range []string{"电话", "手机", "號碼", "号码", "联系", `\u7535\u8bdd`, `\u624b\u673a`, `\u865f\u78bc`, `\u53f7\u7801`, `\u8054\u7cfb`, "phone", "mobile", "tel"} {
			if bytes.Contains(before, []byte(says)) {
				return true
			}
		}
	case g.shape(' ', 5, 6) && string(d[:2]) == "07": // United Kingdom
		return true
	}
	return false
}

// isAmerican reports whether ten digits can be a number of North America: of an area
// that there is, and not one of those with 555 that films and examples have.
func isAmerican(d []byte) bool {
	switch string(d[:3]) {
	case "222", "333", "444", "555", "666", "777", "999":
		return false
	}
	return d[0] >= '2' && d[3] >= '2' && string(d[1:3]) != "11" && string(d[4:6]) != "11" && string(d[3:6]) != "555"
}

// isSum reports whether the plus at i stands behind another number: 1 + 2.
func isSum(text []byte, i int) bool {
	for i > 0 {
		switch c := text[i-1]; {
		case digits[c]:
			return endOfEscape(text, i-1) != i
		case c == ' ' || c == '\n':
		case (c == 'n' || c == 't') && i > 1 && text[i-2] == '\\':
			i--
		default:
			return false
		}
		i--
	}
	return false
}

// lettered finds identity numbers with letters in them, around the n digits at i.
func lettered(text []byte, i, n int) (start, end int) {
	switch {
	case n == 6 && i >= 2 && upper[text[i-1]] && upper[text[i-2]] && i+6 < len(text) && 'A' <= text[i+6] && text[i+6] <= 'D':
		start, end = i-2, i+7
		prefix := string(text[start:i])
		if strings.ContainsAny(prefix, "DFIQUV") || prefix[1] == 'O' || strings.Contains("BG GB KN NK NT TN ZZ", prefix) {
			return -1, 0
		}
	case n == 8 && i+8 < len(text) && upper[text[i+8]]:
		start, end = i, i+9
		value := 0
		for _, c := range text[i : i+8] {
			value = value*10 + int(c-'0')
		}
		if "TRWAGMYFPDXBNJZSQVHLCKE"[value%23] != text[i+8] || value < 1000000 {
			return -1, 0
		}
	case n == 2 && i >= 6 && i+10 <= len(text) && run(text[i-6:], upper) == 6:
		start, end = i-6, i+10
		if !isCodiceFiscale(text[start:end]) {
			return -1, 0
		}
	default:
		return -1, 0
	}
	if !free(text, start, word) || end < len(text) && word[text[end]] {
		return -1, 0
	}
	return start, end
}

func letteredKind(id []byte) *Kind {
	switch len(id) {
	case 9:
		if digits[id[0]] {
			return nationalES
		}
		return nationalGB
	}
	return nationalIT
}

// isCodiceFiscale checks the form AAAAAA00A00A000A and its last letter.
func isCodiceFiscale(id []byte) bool {
	for i, c := range id {
		if wantDigit := i == 6 || i == 7 || i == 9 || i == 10 || 12 <= i && i <= 14; wantDigit != digits[c] || !wantDigit && !upper[c] {
			return false
		}
	}
	odd := [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i, c := range id[:15] {
		n := int(c - 'A')
		if digits[c] {
			n = int(c - '0')
		}
		if i%2 == 0 {
			n = odd[n]
		}
		sum += n
	}
	return int(id[15]-'A') == sum%26
}

// ibanLengths are the lengths of account numbers by country.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24,
	"DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
	"MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24,
	"RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}

// iban finds an account number whose digits are at i, behind its country: by the length
// that it has there, and the check of ISO 7064.
func iban(text []byte, i int) (start, end int) {
	start = i - 2
	if start < 0 || !free(text, start, word) {
		return -1, 0
	}
	length := ibanLengths[string(text[start:i])]
	if length == 0 {
		return -1, 0
	}
	var room [40]byte
	id := room[:0]
	end = start
	for end < len(text) && len(id) < length {
		switch c := text[end]; {
		case upper[c] || digits[c]:
			id = append(id, c)
		case c == ' ' && len(id)%4 == 0 && len(id) > 0:
		default:
			return -1, 0
		}
		end++
	}
	if len(id) != length || end < len(text) && word[text[end]] || !mod97(id) {
		return -1, 0
	}
	switch string(id) {
	case "GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300", "GB29NWBK60161331926819":
		return -1, 0 // from documentation
	}
	return start, end
}

func mod97(id []byte) bool {
	n := 0
	for i := range id {
		c := id[(i+4)%len(id)]
		if digits[c] {
			n = (n*10 + int(c-'0')) % 97
		} else {
			n = (n*100 + int(c-'A') + 10) % 97
		}
	}
	return n == 1
}
