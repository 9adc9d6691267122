import { BlockList, isIP, isIPv4 } from "node:net";
import { RemoteInvalid } from "../kernel/errors.ts";

/** Whether an IP address lies in one of some networks. */
export type Networks = (address: string) => boolean;

/**
 * Reads ranges of addresses, RFC 4632 section 3.1: `203.0.113.0/24`; a lone address is a range of one.
 * @throws RemoteInvalid when a text is neither.
 */
export function networksOf(cidrs: readonly string[]): Networks {
  const list = new BlockList();
  for (const cidr of cidrs) add(list, cidr);
  return (address) => isIP(address) !== 0 && list.check(address, family(address));
}

function add(list: BlockList, cidr: string): void {
  const [network = "", bits, ...rest] = cidr.split("/");
  const longest = isIPv4(network) ? 32 : 128;
  const prefix = Number(bits ?? longest);
  if (isIP(network) === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? "0") || prefix > longest) {
    throw new RemoteInvalid(`"${cidr}" is no range of IP addresses`);
  }
  list.addSubnet(network, prefix, family(network));
}

const family = (address: string): "ipv4" | "ipv6" => (isIPv4(address) ? "ipv4" : "ipv6");
