package images

import "net/netip"

// shared are addresses that are not private in the sense of the standard library
// and yet nobody else reaches: of carriers (RFC 6598), for tests and documentation
// (RFC 2544, 5737, 3849), reserved (RFC 1112), this network (RFC 791).
var shared = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("168.63.129.16/32"), // the platform of Azure, inside its machines
	netip.MustParsePrefix("2001::/23"),        // protocols, Teredo among them (RFC 2928)
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("3fff::/20"), // documentation (RFC 9637)
}

// global is all of IPv6 that is given out for use between networks (RFC 4291). What
// lies outside it, such as IPv4-compatible addresses and local NAT64, is no image's.
var global = netip.MustParsePrefix("2000::/3")

// embedding are prefixes of IPv6 addresses that stand for the IPv4 address in their
// last four bytes (NAT64) or, 6to4, in those behind the prefix.
var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
	sixTo4 = netip.MustParsePrefix("2002::/16")
)

// Public reports whether an address is one of the public internet, so that a service
// can reach it, and that is nobody's own network.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		b := a.As16()
		switch {
		case nat64.Contains(a):
			return Public(netip.AddrFrom4([4]byte(b[12:])))
		case sixTo4.Contains(a):
			return Public(netip.AddrFrom4([4]byte(b[2:6])))
		case !global.Contains(a):
			return false
		}
	}
	if !a.IsValid() || a.IsUnspecified() || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsInterfaceLocalMulticast() || a.IsLinkLocalMulticast() {
		return false
	}
	for _, p := range shared {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
