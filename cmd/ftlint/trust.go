package main

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// providerHosts are where keys may go whatever file names them: a host, or with a dot in
// front all below it.
var providerHosts = []string{
	".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com", "management.azure.com",
	".openai.azure.us", ".cognitiveservices.azure.us", "management.usgovcloudapi.net",
	".openai.azure.cn", ".cognitiveservices.azure.cn", "management.chinacloudapi.cn",
	"api.openai.com", ".api.openai.com",
}

// endpointVariables and hostVariable name addresses that keys may go to.
var endpointVariables = []string{"AZURE_OPENAI_ENDPOINT", "OPENAI_BASE_URL"}

const hostVariable = "AZURE_ARM_HOST"

// ownAddress sees that an address which stands in a file may get keys. Files come with
// repositories, and whoever wrote them could have keys sent anywhere: it is a host of a
// provider, one within the machine, or one that a variable of the environment names.
func ownAddress(what, address, file string, variables ...string) error {
	host := hostOf(address)
	trusted := slices.ContainsFunc(providerHosts, func(known string) bool {
		return host == known || strings.HasPrefix(known, ".") && strings.HasSuffix(host, known)
	})
	if ip := net.ParseIP(host); address == "" || trusted || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	for _, name := range variables {
		if host != "" && hostOf(getenv(name)) == host {
			return nil
		}
	}
	return fmt.Errorf("%s: the %s %s is no host of Azure or OpenAI, and stands in a file: keys are not sent there\nif it is yours, set %s to it", file, what, address, strings.Join(variables, " or "))
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
