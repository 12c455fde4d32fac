package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftlint/ftlint/internal/secrets"
	"github.com/ftlint/ftlint/lint"
	"github.com/ftlint/ftlint/lint/dataset"
)

// TestSecretsBesideImages: what stands before, between and behind images is found where
// it stands, and what looks like something in their data is not.
func TestSecretsBesideImages(t *testing.T) {
	const mail = "anna@meyer-soehne.de"
	image := `{"type":"image_url","image_url":{"url":"` + pngURI + redPNG + `"}}`
	remote := `{"type":"image_url","image_url":{"url":"https://` + mail + `/a.png"}}`
	odd := `{"type":"image_url","image_url":{"url":"` + pngURI + redPNG[:40] + ` ` + mail + ` ` + redPNG[40:] + `"}}`
	says := func(text string) string { return fmt.Sprintf(`{"type":"text","text":"%s"}`, text) }
	for _, test := range []struct {
		about, content string
		want           int // addresses that are told
	}{
		{"before, between and behind", says(mail) + "," + image + "," + says("or "+mail) + "," + image + "," + says(mail), 3},
		{"no image", says(mail), 1},
		{"only images", image + "," + image, 0},
		{"in the data", odd, 0},
		{"in a URL, which FTS004 tells", remote + "," + says(mail), 1},
		{"at the edge", image + "," + says(mail), 1},
	} {
		line := chat(sysMsg, `{"role":"user","content":[`+test.content+`]}`, botMsg)
		before, _, _ := strings.Cut(padding(dataset.SFT, []string{line}), line)
		var got []string
		for _, f := range run(t, before+line+"\n", lint.Settings{}, nil) {
			if f.Rule.ID == "FTS002" {
				got = append(got, line[int(f.Offset)-len(before):][:f.Length])
			}
		}
		if !slices.Equal(got, slices.Repeat([]string{mail}, test.want)) {
			t.Errorf("%s: %v, want %d", test.about, got, test.want)
		}
	}
}

// TestMaskNumbers: what stands for different addresses differs, also where one is found
// only in a later pass or stands there from an earlier run.
func TestMaskNumbers(t *testing.T) {
	const anna, ben = "anna@meyer-soehne.de", "ben@meyer-soehne.de"
	user := func(text string) string { return fmt.Sprintf(`{"role":"user","content":"%s"}`, text) }
	call := func(arguments string) string {
		return `{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":` + arguments + `}}]},{"role":"tool","tool_call_id":"1","content":"Sent."}`
	}
	for _, test := range []struct{ before, after string }{
		{chat(user(anna+", "+ben+", "+anna), botMsg), chat(user("[EMAIL_1], [EMAIL_2], [EMAIL_1]"), botMsg)},
		{chat(user("[EMAIL_2], [EMAIL_x], [EMAIL_9 "+anna), botMsg), chat(user("[EMAIL_2], [EMAIL_x], [EMAIL_9 [EMAIL_3]"), botMsg)},
		{chat(user(anna), call(`{"to":"`+ben+`"}`), botMsg), chat(user("[EMAIL_1]"), call(`"{\"to\":\"[EMAIL_2]\"}"`), botMsg)},
	} {
		got, _ := fix(t, test.before+"\n", lint.Settings{}, nil, lint.UnsafeFix)
		if got != test.after+"\n" {
			t.Errorf("%s\nbecame %swant   %s", test.before, got, test.after)
		}
	}
}

// TestManyMasks: an example with many addresses is masked in no time.
func TestManyMasks(t *testing.T) {
	var addresses strings.Builder
	const n = 20_000
	for i := range n {
		fmt.Fprintf(&addresses, "anna%d@meyer-soehne.de ", i)
	}
	line := chat(`{"role":"user","content":"`+addresses.String()+`?"}`, botMsg)
	began := time.Now()
	got, _ := fix(t, line+"\n", lint.Settings{}, nil, lint.UnsafeFix)
	if !strings.Contains(got, fmt.Sprintf("[EMAIL_%d] ?", n)) {
		t.Errorf("the last of %d addresses has not their number", n)
	}
	if took := time.Since(began); took > 10*time.Second { // it was hours
		t.Errorf("%d addresses took %v", n, took)
	}
}

// TestSecretsSettings: kinds and allowed texts of the settings count for rules.
func TestSecretsSettings(t *testing.T) {
	content := padding(dataset.SFT, []string{chat(sysMsg, `{"role":"user","content":"From 84.17.55.9 write to anna@meyer.de or ben@meyer.de."}`, botMsg)})
	for _, test := range []struct {
		settings lint.Settings
		want     []string
	}{
		{lint.Settings{}, []string{"holds an e-mail address", "holds an e-mail address"}},
		{lint.Settings{Detect: map[string]bool{"ip": true}}, []string{"holds an IP address", "holds an e-mail address", "holds an e-mail address"}},
		{lint.Settings{Detect: map[string]bool{"email": false}}, nil},
		{lint.Settings{Allowed: secrets.Allow([]string{"anna@*"})}, []string{"holds an e-mail address"}},
	} {
		var got []string
		for _, f := range run(t, content, test.settings, nil) {
			if f.Rule.ID == "FTS002" {
				got = append(got, f.Message)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v (-want +got)\n%s", test.settings.Detect, diff)
		}
	}
}
