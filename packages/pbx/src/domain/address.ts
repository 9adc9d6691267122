import { BlockList, isIP, isIPv4 } from "node:net";
import { plainAddress } from "@trunkline/sip-stack";

/** An address and port as `203.0.113.5:5060` or `[2001:db8::1]:5060` writes them. */
export type HostPort = { readonly address: string; readonly port: number };

export const formatHostPort = ({ address, port }: HostPort): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

/** Reads `ADDRESS:PORT`; the address must be an IP address, port 0 means any. */
export function readHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (address === undefined || isIP(address) === 0 || port > 65_535) return undefined;
  return { address: plainAddress(address), port };
}

/** A range of addresses, RFC 4632: `3.80.16.0/23`; a lone address is a range of one. */
export type Cidr = { readonly text: string; contains(address: string): boolean };

export function readCidr(text: string): Cidr | undefined {
  const [network = "", bits, ...rest] = text.split("/");
  const longest = isIPv4(network) ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  if (isIP(network) === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? "0") || prefix > longest) return undefined;
  const list = new BlockList();
  list.addSubnet(network, prefix, family(network));
  return { text, contains: (address) => isIP(address) !== 0 && list.check(address, family(address)) };
}

/** Whether an address lies in one of these ranges. */
export const liesIn = (ranges: readonly Cidr[], address: string): boolean =>
  ranges.some((range) => range.contains(address));

const family = (address: string): "ipv4" | "ipv6" => (isIPv4(address) ? "ipv4" : "ipv6");

const loopback = [readCidr("127.0.0.0/8"), readCidr("::1/128")] as Cidr[];
const privateNetworks = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
].map(readCidr) as Cidr[];

export const isLoopback = (address: string): boolean => liesIn(loopback, address);
export const isPrivate = (address: string): boolean => liesIn(privateNetworks, address);
export const isWildcard = (address: string): boolean => address === "0.0.0.0" || address === "::";

/** The name or address in a URL, an IPv6 address without its brackets; `undefined` where it is none. */
export const hostnameIn = (url: string): string | undefined => URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, "$1");

/** Whether a URL names this machine by its own name. */
export function isLoopbackUrl(url: string): boolean {
  const hostname = hostnameIn(url);
  return hostname !== undefined && (hostname === "localhost" || isLoopback(hostname));
}
