package remote

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
)

// Where there is no signature, one is made for the blob with a key that storage gives to
// who has a token. Azure's library does it too, in a package that brings 4 MB of other
// libraries with it; a test holds ours against it.

// storageScope is what a token for storage is asked for, in all clouds.
const storageScope = "https://storage.azure.com/.default"

// delegationKey is a key with which somebody signs what he may do himself.
type delegationKey struct {
	SignedOid, SignedTid, SignedStart, SignedExpiry, SignedService, SignedVersion, Value string
}

// delegationKey asks storage for a key.
func (k *Container) delegationKey(ctx context.Context, from, until time.Time) (*delegationKey, error) {
	address := k.address
	address.Path = address.Path[:strings.LastIndexByte(address.Path, '/')+1]
	address.RawQuery = "restype=service&comp=userdelegationkey"
	r, err := runtime.NewRequest(ctx, http.MethodPost, address.String())
	if err != nil {
		return nil, err
	}
	body := "<KeyInfo><Start>" + from.Format(sas.TimeFormat) + "</Start><Expiry>" + until.Format(sas.TimeFormat) + "</Expiry></KeyInfo>"
	if err := r.SetBody(streaming.NopCloser(strings.NewReader(body)), "application/xml"); err != nil {
		return nil, err
	}
	r.Raw().Header.Set("X-Ms-Version", sas.Version)
	r.Raw().Header.Set("Accept", "application/xml")
	options := k.client.azureOptions()
	var auth []policy.Policy
	if k.credential != nil {
		auth = append(auth, runtime.NewBearerTokenPolicy(k.credential, []string{storageScope}, nil))
	}
	res, err := runtime.NewPipeline("ftlint", "", runtime.PipelineOptions{PerRetry: auth}, &options).Do(r)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, runtime.NewResponseError(res)
	}
	text, err := runtime.Payload(res)
	if err != nil {
		return nil, err
	}
	key := &delegationKey{}
	if err := xml.Unmarshal(bytes.TrimPrefix(text, bom), key); err != nil || key.Value == "" {
		return nil, errors.New("the answer of storage is no key")
	}
	return key, nil
}

// sign makes the query of an address by which a blob can be read.
func (d *delegationKey) sign(account, container, blob string, from, until time.Time) (string, error) {
	secret, err := base64.StdEncoding.DecodeString(d.Value)
	if err != nil {
		return "", errors.New("the answer of storage is no key")
	}
	start, end := from.Format(sas.TimeFormat), until.Format(sas.TimeFormat)
	text := strings.Join([]string{
		"r", start, end, "/blob/" + account + "/" + container + "/" + strings.ReplaceAll(blob, `\`, "/"),
		d.SignedOid, d.SignedTid, d.SignedStart, d.SignedExpiry, d.SignedService, d.SignedVersion,
		"", "", "", // object ids, correlation id
		"", "", // delegated user
		"", // addresses
		"https", sas.Version, "b",
		"", "", // snapshot, encryption scope
		"", "", // headers, query parameters
		"", "", "", "", "", // headers of the answer
	}, "\n")
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return url.Values{
		"sp": {"r"}, "st": {start}, "se": {end}, "spr": {"https"}, "sv": {sas.Version}, "sr": {"b"},
		"skoid": {d.SignedOid}, "sktid": {d.SignedTid}, "skt": {d.SignedStart}, "ske": {d.SignedExpiry}, "sks": {d.SignedService}, "skv": {d.SignedVersion},
		"sig": {base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}.Encode(), nil
}

// delegate returns the query by which Azure can read a blob for some hours.
func (k *Container) delegate(ctx context.Context, name string) (string, error) {
	what := "asking for a signature by which Azure can read " + k.place(name)
	now := k.client.Now().UTC()
	from, until := now.Add(-5*time.Minute), now.Add(readableFor) // clocks differ
	key, err := k.delegationKey(ctx, from, until)
	if err != nil {
		return "", blobFailed(what, err)
	}
	account, _, _ := strings.Cut(k.address.Hostname(), ".")
	query, err := key.sign(account, k.name, name, from, until)
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	return query, nil
}
