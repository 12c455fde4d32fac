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
