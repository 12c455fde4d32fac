package images

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestReadLink(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]Link{
		"https://example.com/a.png":                {},
		"https://example.com:8443/a%20b.png?x=1#y": {},
		"https://8.8.8.8/a.png":                    {},
		"https://münchen.de/a.png":                 {},
		"https:///a.png":                           {NoHost: true},
		"https://example.com/%zz":                  {Unreadable: true},
		"https://me:secret@example.com/a.png":      {Credentials: true},
		"http://localhost:8000/a.png":              {Private: "localhost"},
		"http://LOCALHOST./a.png":                  {Private: "LOCALHOST."},
		"http://127.0.0.1/a.png":                   {Private: "127.0.0.1"},
		"http://127.1/a.png":                       {Private: "127.1"},
		"http://2130706433/a.png":                  {Private: "2130706433"},
		"http://0x7f.0.0.1/a.png":                  {Private: "0x7f.0.0.1"},
		"http://10.1.2.3/a.png":                    {Private: "10.1.2.3"},
		"http://172.31.255.255/a.png":              {Private: "172.31.255.255"},
		"http://172.32.0.1/a.png":                  {},
		"http://192.168.1.9/a.png":                 {Private: "192.168.1.9"},
		"http://169.254.169.254/latest":            {Private: "169.254.169.254"},
		"http://[::1]/a.png":                       {Private: "::1"},
		"http://[fd00::1]/a.png":                   {Private: "fd00::1"},
		"http://[2606:4700::1111]/a.png":           {},
		"http://nas/a.png":                         {Private: "nas"},
		"http://printer.local/a.png":               {Private: "printer.local"},
		"https://a.blob.core.windows.net/c/a.png?sv=1&se=2026-11-22T11%3A59%3A59Z&sr=b&sig=c2VjcmV0":  {Expired: now.Add(-time.Second)},
		"https://a.blob.core.windows.net/c/a.png?se=2026-11-22T12:00:01Z&sig=c2VjcmV0":                {},
		"https://a.blob.core.windows.net/c/a.png?se=2026-11-21&sig=c2VjcmV0":                          {Expired: now.Add(-36 * time.Hour)},
		"https://a.blob.core.windows.net/c/a.png?se=2020-01-01T00:00Z&sig=x":                          {Expired: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)},
		"https://example.com/a.png?se=2020-01-01":                                                     {},
		"https://b.s3.amazonaws.com/a.png?X-Amz-Date=20261122T100000Z&X-Amz-Expires=3600&X-Amz-Sig=x": {Expired: now.Add(-time.Hour)},
		"https://b.s3.amazonaws.com/a.png?X-Amz-Date=20261122T113000Z&X-Amz-Expires=3600":             {},
		"https://storage.googleapis.com/b/a.png?X-Goog-Date=20261120T120000Z&X-Goog-Expires=86400":    {Expired: now.Add(-24 * time.Hour)},
	} {
		got := ReadLink(text, now)
		if !got.Expired.Equal(want.Expired) {
			t.Errorf("%s: expired %v, want %v", text, got.Expired, want.Expired)
		}
		got.Expired, want.Expired = time.Time{}, time.Time{}
		if got.Signed != strings.Contains(text, "&sig=") {
			t.Errorf("%s: signed %v", text, got.Signed)
		}
		got.Signed = false
		if got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if l := ReadLink(text, time.Time{}); !l.Expired.IsZero() {
			t.Errorf("%s: expired without a time", text)
		}
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "100.63.0.1": true, "100.64.0.1": false, "0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": true, "64:ff9b::7f00:1": false, "64:ff9b::808:808": true,
		"2002:7f00:1::": false, "fe80::1%eth0": false, "2001:db8::1": false, "::": false, "2606:4700::1111": true,
		"168.63.129.16": false, "168.63.129.17": true, "::ffff:168.63.129.16": false, "::7f00:1": false, "::a9fe:a9fe": false,
		"64:ff9b:1::7f00:1": false, "2001:0:4136:e378:8000:63bf:3fff:fdd2": false, "fd00:ec2::254": false, "fec0::1": false, "100::1": false, "2a00:1450:4001::1": true,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
