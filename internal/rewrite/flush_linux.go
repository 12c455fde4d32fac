package rewrite

import (
	"os"
	"syscall"
)

// beginFlush lets the system begin to write a part of a file to the disk. It is no
// more than a hint.
func beginFlush(file *os.File, at, n int64) {
	const write = 2 // SYNC_FILE_RANGE_WRITE
	syscall.SyncFileRange(int(file.Fd()), at, n, write)
}
