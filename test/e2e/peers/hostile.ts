import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SeededRandom } from "@trunkline/sip-stack/testing";
import { root } from "../../../scripts/command.ts";
import { recordedInvite } from "./raw-trunk.ts";

/** Makes hostile datagrams from a seed: the same seed makes the same ones. */
export type Hostile = { readonly next: () => Buffer };

const pick = <T>(random: SeededRandom, from: readonly T[]): T => from[Math.floor(random.fraction() * from.length)] as T;

/** Messages that would be taken if nobody touched them. */
function models(from: string, server: string): readonly string[] {
  const invite = recordedInvite(from, server);
  const other = (method: string): string =>
    invite.replace("INVITE", method).replace("52215685 INVITE", `52215685 ${method}`);
  const response = readFileSync(join(root, "packages/sip-stack/test/fixtures/outbound-invite.sip"), "latin1");
  return [
    invite,
    ...["OPTIONS", "BYE", "ACK", "CANCEL", "REGISTER", "UPDATE", "PRACK", "MESSAGE", "XYZZY"].map(other),
    response.replace(/^INVITE .*\r\n/, "SIP/2.0 200 OK\r\n"),
    response.replace(/^INVITE .*\r\n/, "SIP/2.0 180 Ringing\r\n"),
  ];
}

type Mutation = (text: string, random: SeededRandom) => string;

const lineAt = (lines: readonly string[], random: SeededRandom): number => Math.floor(random.fraction() * lines.length);
const changeLine =
  (change: (line: string, random: SeededRandom) => readonly string[]): Mutation =>
  (text, random) => {
    const lines = text.split("\r\n");
    const at = lineAt(lines, random);
    return [...lines.slice(0, at), ...change(lines[at] ?? "", random), ...lines.slice(at + 1)].join("\r\n");
  };

const hostileValues = [
  "",
  "x".repeat(5000),
  '"',
  "<",
  ">",
  ";;;",
  ",,,",
  "\0",
  "%00",
  "sip:",
  "-1",
  "99999999999999999999",
  "é\u{1F4A9}",
  "*",
  "sip:[::1",
  "a=b=c",
];

const mutations: readonly Mutation[] = [
  (text) => text,
  changeLine(() => []),
  changeLine((line) => [line, line]),
  changeLine((line, random) => [line.slice(0, Math.floor(random.fraction() * line.length))]),
  changeLine((line, random) => [line.replace(/:.*/, `: ${pick(random, hostileValues)}`)]),
  changeLine((line, random) => [line.replace(/[=;]\w*/, pick(random, hostileValues))]),
  changeLine((line, random) => [line, `${pick(random, hostileValues)}: ${pick(random, hostileValues)}`]),
  (text, random) => text.slice(0, Math.floor(random.fraction() * text.length)),
  (text, random) => text + pick(random, hostileValues),
  (text, random) => text.replace(/Content-Length: \d+/, `Content-Length: ${Math.floor(random.fraction() * 2000)}`),
];

function flipBytes(bytes: Buffer, random: SeededRandom): Buffer {
  const flips = Math.floor(random.fraction() * 3);
  for (let flip = 0; flip < flips; flip++)
    bytes[Math.floor(random.fraction() * bytes.length)] = Math.floor(random.fraction() * 256);
  return bytes;
}

/** Most damage is to reach the rooms behind the front door: a length that is right lets it in. */
function rightLength(text: string): string {
  const body = text.split("\r\n\r\n").slice(1).join("\r\n\r\n");
  return text.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`);
}

/** SIP-like datagrams of every degree of damage, and one in sixteen that is only noise. */
export function hostileSip(random: SeededRandom, from: string, server: string): Hostile {
  const texts = models(from, server);
  let count = 0;
  const mutated = (): Buffer => {
    const fresh = pick(random, texts).replaceAll(/(branch=z9hG4bK|tag=|Call-ID: )/g, `$1${count++}h`);
    const first = pick(random, mutations)(fresh, random);
    const damaged = random.fraction() < 0.5 ? first : pick(random, mutations)(first, random);
    return flipBytes(Buffer.from(random.fraction() < 0.3 ? damaged : rightLength(damaged), "latin1"), random);
  };
  return {
    next: () =>
      random.fraction() < 1 / 16 ? Buffer.from(random(1 + Math.floor(random.fraction() * 1400))) : mutated(),
  };
}

/** Packets that look like sound from elsewhere, damaged sound, RTCP, STUN, DTLS, and noise. */
export function hostileRtp(random: SeededRandom): Hostile {
  const heads = [
    [0x80, 0],
    [0x80, 101],
    [0x80, 127],
    [0x40, 0],
    [0x9f, 0],
    [0xb0, 0],
    [0x80, 200],
    [0x81, 203],
    [0, 1],
    [22, 254],
    [255, 255],
  ];
  return {
    next: () => {
      const bytes = Buffer.from(random(Math.floor(random.fraction() * 1400)));
      pick(random, heads).forEach((byte, at) => {
        if (at < bytes.length) bytes[at] = byte;
      });
      return bytes;
    },
  };
}
