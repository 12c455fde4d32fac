package secrets

import "testing"

func TestMaskURLs(t *testing.T) {
	for text, want := range map[string]string{
		`"https://a.blob.core.windows.net/c/a.png?se=2026&sig=ab%2Bcd%3D"`:         `"https://a.blob.core.windows.net/c/a.png?se=2026&sig=**********"`,
		`"https://a/a.png?sig=abc&sv=1" and "https://b/?sv=1\u0026sig=d\u0026x=y"`: `"https://a/a.png?sig=***&sv=1" and "https://b/?sv=1\u0026sig=*\u0026x=y"`,
		`https://b.s3.amazonaws.com/a?X-Amz-Credential=AK/2/s3&X-Amz-Signature=0f`: `https://b.s3.amazonaws.com/a?X-Amz-Credential=*******&X-Amz-Signature=**`,
		`"redirect=https%3A%2F%2Fa%3Fsig%3Dabc"`:                                   `"redirect=https%3A%2F%2Fa%3Fsig%3D***"`,
		`"https://me:secret@example.com/a@b"`:                                      `"https://*********@example.com/a@b"`,
		`"https://example.com/me:secret@b" a://`:                                   `"https://example.com/me:secret@b" a://`,
		`"https://me:p@ss@example.com/a"`:                                          `"https://*******@example.com/a"`,
		`"//me:secret@example.com/a"`:                                              `"//*********@example.com/a"`,
		`design= no=sig`:                                                           `design= no=sig`,
		`sig=`:                                                                     `sig=`,
		``:                                                                         ``,
	} {
		got := []byte(text)
		maskURLs(got)
		if string(got) != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", text, got, want)
		}
	}
}

func TestMaskEscapes(t *testing.T) {
	for text, want := range map[string]string{
		`"https:\/\/me:secret@example.com\/a.png"`:        `"https:\/\/*********@example.com\/a.png"`,
		`{\"u\":\"https:\\/\\/me:pw@example.com\"}`:       `{\"u\":\"https:\\/\\/*****@example.com\"}`,
		`"https://me:s\u0065cret@example.com"`:            `"https://**************@example.com"`,
		`"https://a/a.png?se=1\u0026sig\u003dabc\u002Bd"`: `"https://a/a.png?se=1\u0026sig\u003d**********"`,
		`"https://a/a.png?sig=ab\/cd%3D\u0026sv=1"`:       `"https://a/a.png?sig=*********\u0026sv=1"`,
		`"\u006aane.doe@corp-mail.dev \n\\ \u00e9"`:       `"*************************** \n\\ \u00e9"`,
		`"a\/b \\\" \uD83D\uDE00 \u12"`:                   `"a\/b \\\" \uD83D\uDE00 \u12"`,
		`\`:                                               `\`,
	} {
		got := []byte(text)
		Mask(got)
		if string(got) != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", text, got, want)
		}
	}
}
