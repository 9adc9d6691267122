import type { SeededRandom } from "../src/testing/index.ts";

/** A message as a hostile or broken peer might write it: a line or bytes lost, doubled or changed. */
export function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const lines = text.split("\r\n");
  const pick = (length: number): number => Math.floor(random.fraction() * length);
  const kind = pick(7);
  if (kind === 0) lines.splice(pick(lines.length), 1);
  else if (kind === 1) lines.splice(pick(lines.length), 0, lines[pick(lines.length)] ?? "");
  else if (kind === 2) lines[0] = (lines[0] ?? "").replace(/\d\d\d|[A-Z]{3,}/, () => String(100 + pick(600)));
  else if (kind === 3) return bytes.slice(0, pick(bytes.length));
  else if (kind === 4) return bytes.with(pick(bytes.length), pick(256));
  else if (kind === 5) lines[pick(lines.length)] = "CSeq: 2147483647 INVITE";
  else {
    const at = pick(lines.length);
    lines[at] = (lines[at] ?? "").replace(/[;:=<>@]/, () => ';:=<>@,"%\\'[pick(10)] ?? "");
  }
  return Buffer.from(lines.join("\r\n"), "latin1");
}
