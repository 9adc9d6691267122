import { isIP } from "node:net";
import { plainAddress } from "./plain-address.ts";

/** What an address is counted by: an IPv4 address itself, of an IPv6 address its /64, which one host has to itself. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = "", tail] = plain.split("%", 1)[0]!.split("::");
  const groups = (text: string | undefined): string[] => (text ? text.split(":") : []);
  const [first, last] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const whole = [...first, ...Array<string>(Math.max(0, zeros)).fill("0"), ...last];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
