import { plainAddress } from "../kernel/plain-address.ts";

/** The transports that a SIP message can travel by. */
export type TransportKind = "udp" | "tcp" | "tls" | "ws" | "wss";

/** An IP address (never a name, IPv6 without brackets) and a port. */
export type Address = { readonly address: string; readonly port: number };

/** The address as a host of a URI or Via: IPv6 in brackets. */
export function hostText(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** `host:port` as it stands in Via and Contact. */
export function addressText(value: Address): string {
  return `${hostText(value.address)}:${value.port}`;
}

/** Whether both name the same address and port, however they are written. */
export function sameAddress(one: Address, other: Address): boolean {
  return one.port === other.port && plainAddress(one.address) === plainAddress(other.address);
}
