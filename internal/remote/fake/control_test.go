package fake

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestControlDescription: a request that does not keep to the description is told,
// misspelt members and tokens that go where they need not among it.
func TestControlDescription(t *testing.T) {
	if describeControl().missing != nil {
		t.Skip(describeControl().missing)
	}
	const good = `{"sku":{"name":"Standard","capacity":1},"properties":{"model":{"format":"OpenAI","name":"m","version":"1"}}}`
	for _, test := range []struct {
		name, query, body, auxiliary, want string
	}{
		{"good", "?api-version=2024-10-01", good, "", ""},
		{"member", "?api-version=2024-10-01", strings.Replace(good, `"version"`, `"verison"`, 1), "", "verison"},
		{"type", "?api-version=2024-10-01", strings.Replace(good, `"capacity":1`, `"capacity":"1"`, 1), "", "sku.capacity"},
		{"query", "?api-version=2024-10-01&force=true", good, "", "force"},
		{"token", "?api-version=2024-10-01", good, "Bearer x", "token of another tenant"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := New(t, AzureDated)
			var told []string
			s.Violation = func(text string) { told = append(told, text) }
			c := NewControl(t, s)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, c.URL+c.ID()+"/deployments/mine"+test.query, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+c.Token)
			r.Header.Set("Content-Type", "application/json")
			if test.auxiliary != "" {
				r.Header.Set("x-ms-authorization-auxiliary", test.auxiliary)
			}
			a, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			text, err := io.ReadAll(a.Body)
			if err != nil || a.StatusCode != http.StatusBadRequest { // the model is not there
				t.Errorf("%d %s, %v", a.StatusCode, text, err)
			}
			if all := strings.Join(told, "\n"); !strings.Contains(all, test.want) || test.want == "" && all != "" {
				t.Errorf("told: %q", all)
			}
		})
	}
}
