import { isIPv6 } from "node:net";
import type { Address } from "../kernel/datagrams.ts";
import { magicCookie, viewOf } from "./message.ts";

/**
 * The value of XOR-MAPPED-ADDRESS, RFC 8489 section 14.2: family, port and address, the last two combined with cookie and
 * transaction id.
 */
export function xorMapped({ address, port }: Address, transaction: Uint8Array): Uint8Array {
  const octets = octetsOf(address);
  const value = new Uint8Array(4 + octets.length);
  const view = viewOf(value);
  value[1] = octets.length === 4 ? 1 : 2;
  view.setUint16(2, port ^ (magicCookie >>> 16));
  const mask = new Uint8Array(4 + transaction.length);
  viewOf(mask).setUint32(0, magicCookie);
  mask.set(transaction, 4);
  for (const [index, octet] of octets.entries()) value[4 + index] = octet ^ mask[index]!;
  return value;
}

/** The octets of an IP address in text, as sockets give it: 4 or 16, a zone left out. */
export function octetsOf(address: string): Uint8Array {
  if (!isIPv6(address)) return Uint8Array.from(address.split("."), Number);
  const [text = ""] = address.split("%");
  const [head = [], tail = []] = text.split("::").map(groupsOf);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return Uint8Array.from([...head, ...zeros, ...tail].flatMap((group) => [group >>> 8, group & 0xff]));
}

/** The 16-bit groups of a part of an IPv6 address, whose end may be an IPv4 address. */
function groupsOf(part: string): readonly number[] {
  return part
    .split(":")
    .filter((group) => group !== "")
    .flatMap((group) => {
      if (!group.includes(".")) return [Number.parseInt(group, 16)];
      const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
      return [(a << 8) | b, (c << 8) | d];
    });
}
