package tokenize

// Names returns the names of the encodings that there are, the one of the newest
// models first.
func Names() []string {
	return []string{"o200k_base", "o200k_harmony", "cl100k_base", "p50k_base", "r50k_base"}
}
