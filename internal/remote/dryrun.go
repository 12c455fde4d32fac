package remote

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// DryRun shows requests in place of sending them, and makes up answers that let what
// follows be shown, too.
type DryRun struct {
	Out io.Writer

	mu sync.Mutex
	n  int
}

// secretHeaders are shown as asterisks.
var secretHeaders = []string{"Api-Key", "Authorization", "X-Ms-Authorization-Auxiliary"}

// shownHeaders are the headers that say something.
var shownHeaders = append([]string{"Content-Type", "Aoai-Copy-Ft-Checkpoints"}, secretHeaders...)

// shownParameters are those of addresses whose values are no secrets.
var shownParameters = []string{"api-version", "purpose", "limit", "after", "comp", "restype", "blocklisttype", "modelFormat", "modelName", "modelVersion"}

// mostShownBody is how many bytes of a body are shown.
const mostShownBody = 8 << 10

// answer shows a request and makes up an answer.
func (d *DryRun) answer(_ *Client, r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	body, err := d.show(r)
	if err != nil {
		return nil, err
	}
	return madeUp(r, http.StatusOK, d.made(r, body)), nil
}

// control shows a request to the control plane and makes up an answer: there are no
// deployments yet, and what is asked for is done.
func (d *DryRun) control(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	body, err := d.show(r)
	if err != nil {
		return nil, err
	}
	path := r.URL.Path
	switch {
	case r.Method == http.MethodDelete:
		return madeUp(r, http.StatusNoContent, ""), nil
	case r.Method == http.MethodPut:
		made := map[string]any{}
		if err := json.Unmarshal([]byte(body), &made); err != nil {
			return nil, err
		}
		made["name"] = path[strings.LastIndex(path, "/")+1:]
		if properties, ok := made["properties"].(map[string]any); ok {
			properties["provisioningState"] = StateSucceeded
		}
		text, err := json.Marshal(made)
		return madeUp(r, http.StatusOK, string(text)), err
	case strings.Contains(path, "/deployments/"):
		return madeUp(r, http.StatusNotFound, `{"error":{"code":"ResourceNotFound","message":"nothing was sent"}}`), nil
	case strings.Contains(path, "/accounts/") && !strings.HasSuffix(path, "/deployments"):
		return madeUp(r, http.StatusOK, `{"location":"`+dryRunRegion+`"}`), nil
	}
	return madeUp(r, http.StatusOK, `{"value":[]}`), nil
}

// dryRunRegion stands for the region of the account, which is not asked for.
const dryRunRegion = "region-of-the-account"

func madeUp(r *http.Request, status int, text string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)),
	}
}

// show writes a request, and returns its body if that is JSON.
func (d *DryRun) show(r *http.Request) (shownBody string, err error) {
	d.n++
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, shownURL(r))
	for _, name := range shownHeaders {
		value := r.Header.Get(name)
		if value == "" {
			continue
		}
		if slices.Contains(secretHeaders, name) {
			value = "***"
		}
		fmt.Fprintf(&b, "  %s: %s\n", name, value)
	}
	body, size := d.body(r)
	switch {
	case len(body) > 0:
		for line := range strings.Lines(strings.TrimSpace(body)) {
			b.WriteString("  " + line)
		}
		b.WriteString("\n")
	case size > 0:
		fmt.Fprintf(&b, "  (%d bytes)\n", size)
	}
	if _, err := io.WriteString(d.Out, b.String()); err != nil {
		return "", err
	}
	return body, nil
}

// shownURL is the address of a request without values that could be secrets.
func shownURL(r *http.Request) string {
	u := *r.URL
	query := u.Query()
	var list []string
	for name, values := range query {
		for _, value := range values {
			if !slices.Contains(shownParameters, name) {
				value = "***"
			}
			list = append(list, name+"="+value)
		}
	}
	slices.Sort(list)
	u.RawQuery = ""
	if len(list) == 0 {
		return u.String()
	}
	return u.String() + "?" + strings.Join(list, "&")
}

// body returns the JSON of a request as it may be shown, or how many bytes there are of
// what is not JSON.
func (d *DryRun) body(r *http.Request) (text string, size int64) {
	if r.Body == nil {
		return "", 0
	}
	defer r.Body.Close()
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if r.ContentLength > 0 {
			return "", r.ContentLength
		}
		n, _ := io.Copy(io.Discard, r.Body)
		return "", n
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, mostShownBody+1))
	if err != nil {
		return "", 0
	}
	if len(raw) > mostShownBody {
		// A secret that is cut is not known any more, so that the end is left out.
		shown := Redact(string(raw))
		shown = strings.ToValidUTF8(shown[:max(0, len(shown)-200)], "")
		return fmt.Sprintf("%s\n… and so on: %d bytes in all", shown, r.ContentLength), 0
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, raw, "", "  ") != nil {
		return Redact(string(raw)), 0
	}
	return Redact(pretty.String()), 0
}

// made makes up an answer: what was sent, with an id and a state that nothing has to be
// waited for.
func (d *DryRun) made(r *http.Request, body string) string {
	answer := map[string]any{}
	json.Unmarshal([]byte(body), &answer) // of another body nothing is repeated
	id := fmt.Sprintf("dry-run-%d", d.n)
	status := "processed"
	path := r.URL.Path
	_, job, ofJobs := strings.Cut(path, "/fine_tuning/jobs/")
	switch {
	case r.Method == http.MethodGet && ofJobs && !strings.Contains(job, "/"): // it has ended, as a wait for it would not
		id, status = job, "succeeded"
		answer["fine_tuned_model"] = "dry-run-model"
	case r.Method == http.MethodGet && !strings.Contains(path, "dry-run-"):
		return `{"object":"list","data":[],"has_more":false}`
	case strings.HasSuffix(path, "/complete"):
		status = "completed"
		answer["file"] = map[string]any{"id": id, "object": "file", "status": "processed", "bytes": d.n, "filename": "", "purpose": "fine-tune", "created_at": 0}
	case strings.HasSuffix(path, "/uploads"):
		status = "pending"
	case strings.Contains(path, "/fine_tuning/jobs"):
		status = "succeeded"
		answer["fine_tuned_model"] = "dry-run-model"
	}
	answer["id"], answer["status"] = id, status
	text, err := json.Marshal(answer)
	if err != nil {
		return "{}"
	}
	return string(text)
}
