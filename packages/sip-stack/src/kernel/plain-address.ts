import { isIPv6, SocketAddress } from "node:net";

/**
 * An IP address in the one spelling that sockets show (RFC 5952), so that equal addresses are equal text. IPv4 that is
 * only carried in IPv6 (`::ffff:192.0.2.1`, RFC 4291 section 2.5.5.2) becomes IPv4. Other text is returned unchanged.
 */
export function plainAddress(text: string): string {
  if (!isIPv6(text)) return text;
  const zone = text.includes("%") ? text.slice(text.indexOf("%")) : "";
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  return address.replace(/^::ffff:(?=\d+\.)/, "") + zone;
}
