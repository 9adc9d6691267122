import type { RandomBytes } from "@trunkline/sip-stack";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

const pick = (random: RandomBytes, length: number, from: string): string =>
  Array.from(random(length), (byte) => from[byte % from.length]).join("");

/** A connector's name as AWS gives it: 22 small letters and digits. */
export const connectorId = (random: RandomBytes): string => pick(random, 22, letters);

/** Our name of a simulated call, safe to print and to type. */
export const callName = (random: RandomBytes): string => `sim-${pick(random, 8, letters)}`;

/** The session number in the origin line of the connector's SDP: six digits. */
export const sessionNumber = (random: RandomBytes): string => `5${pick(random, 5, "0123456789")}`;

/** A Call-ID as the connector makes them: a random UUID, RFC 9562 section 5.4. */
export function uuid(random: RandomBytes): string {
  const bytes = Uint8Array.from(random(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return Buffer.from(bytes)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
