package main

import "testing"

// TestOwnAddress: an address in a file gets keys only if it is a provider's, or named by
// who runs the program.
func TestOwnAddress(t *testing.T) {
	t.Setenv("AZURE_OPENAI_ENDPOINT", "https://gateway.example.com/openai")
	t.Setenv("OPENAI_BASE_URL", "")
	for address, want := range map[string]bool{
		"":                                      true,
		"https://my-resource.openai.azure.com":  true,
		"https://MY.cognitiveservices.azure.us": true,
		"https://api.openai.com":                true,
		"https://eu.api.openai.com/v1":          true,
		"http://127.0.0.1:8080":                 true,
		"http://[::1]:8080":                     true,
		"https://gateway.example.com":           true,
		"https://example.com":                   false,
		"https://openai.azure.com.example.com":  false,
		"https://evil-openai.azure.com.evil.io": false,
		"https://api.openai.com.example.com":    false,
		"https://notapi.openai.com":             false,
		"https://api.openai.com@example.com":    false,
		"https://example.com/api.openai.com":    false,
		"https://example.com#.openai.azure.com": false,
		"https://gateway.example.com.evil.io":   false,
		"://":                                   false,
		"https://evil.example.com\t.openai.com": false,
		"https://10.0.0.1":                      false,
		"https://openai.azure.com":              false,
	} {
		if err := ownAddress("endpoint", address, "ftlint.toml", endpointVariables...); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
