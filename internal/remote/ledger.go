package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Ledger remembers, in a directory, what was uploaded where: a file for each content and
// service. No key and no address with a signature is in it.
type Ledger struct {
	Dir string
	// write writes a file in one piece; nil: as writeAtomic does. Tests fill the disk.
	write func(path string, text []byte) error
}

// Entry is what is remembered of an upload.
type Entry struct {
	Version  int    `json:"version"`
	Endpoint string `json:"endpoint"`
	Name     string `json:"name"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
	File     string `json:"file,omitempty"`  // id, once it is there
	Parts    *Parts `json:"parts,omitempty"` // as far as an upload has come
	Blob     string `json:"blob,omitempty"`  // that is to be deleted once the file is processed
	// There lists files of this name and size that were there before an upload was begun
	// of which it is not known what became; null: there is none.
	There   []string  `json:"there"`
	Updated time.Time `json:"updated"`
}

// ledgerVersion is the version of the format.
const ledgerVersion = 1

func (l Ledger) path(c *Client, sum string) string {
	h := sha256.Sum256([]byte(c.Endpoint + "\n" + sum))
	return filepath.Join(l.Dir, hex.EncodeToString(h[:16])+".json")
}

// Load returns what is known of a content, or an empty entry.
func (l Ledger) Load(c *Client, sum string) (*Entry, error) {
	e := &Entry{Version: ledgerVersion, Endpoint: c.Endpoint, SHA256: sum}
	text, err := os.ReadFile(l.path(c, sum))
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	var known Entry
	// What is damaged, or from a later version, is as good as nothing.
	if json.Unmarshal(text, &known) != nil || known.Version != ledgerVersion || known.SHA256 != sum || known.Endpoint != c.Endpoint {
		return e, nil
	}
	return &known, nil
}

// Save remembers an entry. The file is the old one or the new one at every moment.
func (l Ledger) Save(c *Client, e *Entry) error {
	e.Updated = c.Now().UTC()
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.Dir, 0o700); err != nil {
		return &StateError{l.Dir, err}
	}
	write := l.write
	if write == nil {
		write = writeAtomic
	}
	if err := write(l.path(c, e.SHA256), append(text, '\n')); err != nil {
		return &StateError{l.path(c, e.SHA256), err}
	}
	return nil
}

// writeAtomic writes a file under a temporary name and renames it.
func writeAtomic(path string, text []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".ftlint-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if _, err := file.Write(text); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// known returns what the ledger knows of a content, and the file, if the service has it.
// If it has not, it is noted that an upload begins.
func (c *Client) known(ctx context.Context, content *Content, sum string, ledger Ledger) (entry *Entry, f File, there bool, err error) {
	if entry, err = ledger.Load(c, sum); err != nil {
		return nil, File{}, false, err
	}
	if entry.File != "" {
		known, err := c.File(ctx, entry.File)
		switch {
		case err == nil && (known.Bytes == content.Size || known.Bytes == 0) && known.Status != "error" && known.Status != "deleted":
			return entry, known, true, nil
		case err != nil && Status(err) != 404:
			return nil, File{}, false, err
		}
		entry.File, entry.Parts, entry.There = "", nil, nil
	}
	// A program that ended while it uploaded has left behind that it did.
	if entry.There != nil && entry.Name == content.Name && entry.Size == content.Size {
		if f, there, err = c.another(ctx, content.Name, content.Size, entry.There); err != nil {
			return nil, File{}, false, err
		}
		if there {
			entry.File, entry.Parts, entry.There = f.ID, nil, nil
		}
	} else if entry.There, err = c.same(ctx, content.Name, content.Size); err != nil {
		return nil, File{}, false, err
	}
	entry.Name, entry.Size = content.Name, content.Size
	return entry, f, there, ledger.Save(c, entry)
}

// UploadOnce uploads a file unless it is there already, as far as the ledger knows. An
// upload in parts that was interrupted goes on where it was. reused says that nothing
// was sent.
func (c *Client) UploadOnce(ctx context.Context, content *Content, sum string, ledger Ledger, sent func(int64)) (f File, reused bool, err error) {
	if c.DryRun != nil {
		f, err = c.Upload(ctx, content, UploadOptions{})
		return f, false, err
	}
	entry, f, reused, err := c.known(ctx, content, sum, ledger)
	if err != nil || reused {
		return f, reused, err
	}
	f, err = c.Upload(ctx, content, UploadOptions{
		Before: entry.Parts, There: entry.There, Sent: sent,
		Save: func(p *Parts) error {
			entry.Parts = p
			return ledger.Save(c, entry)
		},
	})
	if err != nil {
		return f, false, err
	}
	entry.File, entry.Parts, entry.There = f.ID, nil, nil
	return f, false, ledger.Save(c, entry)
}
