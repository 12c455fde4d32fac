package fake

import (
	"net/http"
	"testing"
)

func TestCredentials(t *testing.T) {
	for _, test := range []struct {
		dialect     Dialect
		key, bearer string // "key" and "token" are the right ones
		status      int
	}{
		{AzureDated, "key", "", 200},
		{AzureDated, "other", "", 401},
		{AzureDated, "", "token", 200},
		{AzureDated, "", "key", 401},
		{AzureDated, "", "", 401},
		{AzureV1, "key", "", 200},
		{AzureV1, "", "key", 200},
		{AzureV1, "", "token", 200},
		{AzureV1, "", "other", 401},
		{OpenAI, "key", "", 401},
		{OpenAI, "", "key", 200},
		{OpenAI, "", "other", 401},
	} {
		c := start(t, test.dialect)
		real := map[string]string{"key": c.s.Key, "token": c.s.Token, "other": "other"}
		c.auth = func(r *http.Request) {
			if test.key != "" {
				r.Header.Set("api-key", real[test.key])
			}
			if test.bearer != "" {
				r.Header.Set("Authorization", "Bearer "+real[test.bearer])
			}
		}
		if got := c.do("GET", "/models", nil); got.status != test.status || got.status == 401 && got.o["error"] == nil {
			t.Errorf("%+v: %d %s", test, got.status, got.body)
		}
	}
}

func TestTokenExpires(t *testing.T) {
	dialects(t, func(t *testing.T, c *client) {
		token := c.s.Token
		c.auth = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
		c.want(200, "GET", "/files", nil)
		next := c.s.ExpireToken()
		c.want(401, "GET", "/files", nil)
		token = next
		c.want(200, "GET", "/files", nil)
	})
}

func TestVersion(t *testing.T) {
	c := start(t, AzureDated)
	for version, status := range map[string]int{
		gaVersion: 200, "2025-04-01-preview": 200, "2024-10-01": 404, "": 404,
	} {
		if c.version = version; c.do("GET", "/files", nil).status != status {
			t.Errorf("%q: not %d", version, status)
		}
	}
	v1 := start(t, AzureV1)
	for version, status := range map[string]int{"": 200, "v1": 200, "preview": 200, gaVersion: 404} {
		if v1.version = version; v1.do("GET", "/files", nil).status != status {
			t.Errorf("v1 %q: not %d", version, status)
		}
	}
	c.version = gaVersion
	c.want(404, "GET", "/nothing", nil)
	c.want(405, "PUT", "/files", nil)
	if got, err := c.sendTo(c.s.URL+"/v1/files", "GET", "", nil); err != nil || got.status != 404 {
		t.Errorf("OpenAI's path: %v, %v", got, err)
	}
}
