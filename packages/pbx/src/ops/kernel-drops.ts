import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import type { HostPort } from "../domain/address.ts";

/**
 * How many datagrams the kernel has dropped at our socket because its receive buffer was full; `undefined` where the
 * kernel does not say (anything but Linux).
 */
export async function kernelDrops(socket: HostPort): Promise<number | undefined> {
  const table = isIPv6(socket.address) ? "/proc/self/net/udp6" : "/proc/self/net/udp";
  const text = await readFile(table, "latin1").catch(() => undefined);
  return text === undefined ? undefined : dropsIn(text, socket);
}

/** The last column of the socket's line in the kernel's table, proc(5). */
export function dropsIn(table: string, { address, port }: HostPort): number | undefined {
  const local = `${kernelHex(address)}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
  const fields = table.split("\n").map((line) => line.trim().split(/\s+/));
  const drops = Number(fields.find(([, at]) => at === local)?.at(-1));
  return Number.isNaN(drops) ? undefined : drops;
}

/** An address as the kernel prints it: words of 32 bits in the machine's byte order, which is little endian. */
function kernelHex(address: string): string {
  const bytes = isIPv6(address) ? ipv6Bytes(address) : address.split(".").map(Number);
  const buffer = Buffer.from(bytes);
  return buffer.swap32().toString("hex");
}

function ipv6Bytes(address: string): number[] {
  const [head = "", tail] = address.split("%", 1)[0]!.split("::");
  const groups = (text: string | undefined): string[] => (text ? text.split(":") : []);
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  return [...first, ...(tail === undefined ? [] : zeros), ...last].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}
