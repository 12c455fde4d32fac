package fake

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Upload is a file that comes in parts.
type Upload struct {
	ID, Name, Purpose, Type string
	// Bytes is the length that was announced.
	Bytes int64
	// State is pending, completed, cancelled or expired.
	State string
	// Parts are those that arrived, in the order in which they did.
	Parts   []Part
	Expires time.Time
	// FileID is the file that it became.
	FileID string
}

// Part is a part of an upload.
type Part struct {
	ID     string
	Bytes  int64
	SHA256 string
}

// upload is an upload, and what is in its parts.
type upload struct {
	Upload
	created  time.Time
	contents map[string]content
}

// Uploads lists the uploads that there were.
func (s *Server) Uploads() []Upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Upload
	for _, u := range s.uploads {
		u.look(s.now())
		one := u.Upload
		one.Parts = slices.Clone(u.Parts)
		all = append(all, one)
	}
	return all
}

// look sees whether the upload is over.
func (u *upload) look(now time.Time) {
	if u.State == "pending" && !now.Before(u.Expires) {
		u.State, u.contents = "expired", nil
	}
}

// Limits of uploads. Azure has none of its own for parts: that of files counts.
const (
	maxUploadAzure  = 9_000_000_000
	maxUploadOpenAI = 8 << 30
	maxPartOpenAI   = 64 << 20
)

// startRequest is the body with which an upload begins.
type startRequest struct {
	Purpose  string `json:"purpose"`
	Filename string `json:"filename"`
	Bytes    int64  `json:"bytes"`
	MimeType string `json:"mime_type"`
}

func (c *call) startUpload() answer {
	var wanted startRequest
	if bad := c.decode(&wanted); bad != nil {
		return *bad
	}
	limit := int64(maxUploadAzure)
	if c.dialect == OpenAI {
		limit = maxUploadOpenAI
	}
	switch {
	case wanted.Purpose == "" || wanted.Filename == "" || wanted.MimeType == "" || wanted.Bytes < 1:
		return c.bad("purpose, filename, bytes and mime_type are required.")
	case wanted.Bytes > limit:
		return c.bad(fmt.Sprintf("An upload has at most %d bytes.", limit))
	}
	now := c.now()
	u := &upload{
		Upload: Upload{
			ID: c.newID("upload_"), Name: wanted.Filename, Purpose: wanted.Purpose, Type: wanted.MimeType,
			Bytes: wanted.Bytes, State: "pending", Expires: now.Add(c.UploadLife),
		},
		created: now, contents: make(map[string]content),
	}
	c.uploads = append(c.uploads, u)
	a := ok(c.renderUpload(u))
	if c.dialect == AzureDated {
		a.header.Set("Location", c.location(u.ID))
	}
	return a
}

// renderUpload is an upload in the words of the dialects.
func (c *call) renderUpload(u *upload) object {
	o := object{
		"object": "upload", "id": u.ID, "bytes": u.Bytes, "created_at": unix(u.created), "filename": u.Name,
		"purpose": u.Purpose, "status": u.State, "expires_at": unix(u.Expires),
	}
	if f := c.fileNamed(u.FileID); f != nil {
		o["file"] = c.renderFile(f)
	}
	return o
}

// open finds the upload of the path, or says why nothing can be done with it.
func (c *call) open() (*upload, *answer) {
	var a answer
	at := slices.IndexFunc(c.uploads, func(u *upload) bool { return u.ID == c.id })
	if at < 0 {
		a = c.missing("upload", c.id)
		return nil, &a
	}
	u := c.uploads[at]
	if u.look(c.now()); u.State != "pending" {
		a = c.failure(http.StatusBadRequest, wrongState, "The upload is "+u.State+".")
		return nil, &a
	}
	return u, nil
}

func (c *call) addPart() answer {
	u, bad := c.open()
	if bad != nil {
		return *bad
	}
	limit := int64(maxFile)
	if c.dialect == OpenAI {
		limit = maxPartOpenAI
	}
	got := c.form.content
	switch {
	case c.form.file != "data":
		return c.bad("The field data is missing.")
	case got.size == 0:
		return c.bad("The part is empty.")
	case got.size > limit:
		return c.bad(fmt.Sprintf("A part has at most %d bytes.", limit))
	}
	p := Part{ID: c.newID("part_"), Bytes: got.size, SHA256: got.sum}
	u.Parts = append(u.Parts, p)
	u.contents[p.ID] = got
	o := object{"object": "upload.part", "id": p.ID, "created_at": unix(c.now()), "upload_id": u.ID}
	if c.dialect == AzureDated {
		o["azure_block_id"] = base64.StdEncoding.EncodeToString([]byte(p.ID))
	}
	return ok(o)
}

// completeRequest is the body that makes a file of an upload.
type completeRequest struct {
	PartIDs []string `json:"part_ids"`
	MD5     string   `json:"md5"`
}

func (c *call) completeUpload() answer {
	u, refused := c.open()
	if refused != nil {
		return *refused
	}
	var wanted completeRequest
	if bad := c.decode(&wanted); bad != nil {
		return *bad
	}
	var all []content
	var size int64
	for i, id := range wanted.PartIDs {
		part, there := u.contents[id]
		if !there || slices.Contains(wanted.PartIDs[:i], id) {
			return c.bad("The part " + id + " is not one of the upload, or is named twice.")
		}
		all = append(all, part)
		size += part.size
	}
	if len(all) == 0 || size != u.Bytes {
		return c.bad(fmt.Sprintf("The parts have %d bytes; %d were announced.", size, u.Bytes))
	}
	whole := joined(all, keeping{content: !c.Discard, sum: true})
	if wanted.MD5 != "" && whole.data != nil && !sameSum(wanted.MD5, whole.md5()) {
		return c.bad("The md5 checksum of the file is another one.")
	}
	u.State, u.contents = "completed", nil
	u.FileID = c.addFile(u.Name, u.Purpose, whole).ID
	return ok(c.renderUpload(u))
}

// sameSum takes a sum in both ways in which it may be written, as nobody says which is
// right.
func sameSum(written string, sum []byte) bool {
	inBase64, err := base64.StdEncoding.DecodeString(written)
	return strings.EqualFold(written, hex.EncodeToString(sum)) || err == nil && bytes.Equal(inBase64, sum)
}

func (c *call) cancelUpload() answer {
	u, bad := c.open()
	if bad != nil {
		return *bad
	}
	u.State, u.contents = "cancelled", nil
	return ok(c.renderUpload(u))
}
