import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rtpPayload } from "@trunkline/media-relay/testing";
import { root } from "../../../scripts/command.ts";
import { pathOf } from "../../../scripts/test/programs.ts";
import { providePrograms } from "../../../scripts/test/provide.ts";
import { ended, startChild } from "../../harness/child.ts";
import { frameMs, payloadOf, type Stream } from "./streams.ts";

/** What the generator of load saw. Latency: from just before a packet was sent to the kernel's time of its arrival. */
export type Load = {
  readonly sent: number;
  /** Came once, in the right call, with the right content. */
  readonly received: number;
  readonly wrong: number;
  readonly reordered: number;
  readonly duplicated: number;
  /** Packets that the generator itself sent more than 5 ms late. */
  readonly late: number;
  /** RTCP that came with the media of a browser, and checks of ICE. */
  readonly reports: number;
  readonly checks: number;
  readonly latencyUs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
  /** Protected packets that were opened afterwards, and how many of them had the right content. */
  readonly opened: { readonly right: number; readonly wrong: number };
};

const source = join(import.meta.dirname, "rtp-load.c");
const program = join(root, ".cache/rtp-load");

/** Compiles the generator when it is not there or older than its source. @throws in words when gcc cannot be had or fails. */
export function buildLoad(): void {
  const lacking = providePrograms(["gcc"]);
  if (lacking !== undefined) throw new Error(lacking);
  const built = statSync(program, { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > statSync(source).mtimeMs) return;
  mkdirSync(join(root, ".cache"), { recursive: true });
  const ran = spawnSync(pathOf("gcc"), ["-O2", "-Wall", "-Wextra", "-Werror", "-o", program, source]);
  if (ran.status !== 0) throw new Error(`gcc: ${ran.stderr}`);
}

/** Sends every packet of the streams on schedule, on the given processors, and checks what comes back. */
export async function runLoad(streams: readonly Stream[], cpus: string): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-load-"));
  const [plan, packets, samples] = ["plan", "packets", "samples"].map((name) => join(folder, name));
  try {
    writeFileSync(plan!, planOf(streams));
    writeFileSync(packets!, Buffer.concat(streams.flatMap((stream) => stream.packets)));
    const output = await run(["-c", cpus, program, plan!, packets!, samples!]);
    return { ...(JSON.parse(output) as Omit<Load, "opened">), opened: openSamples(streams, readFileSync(samples!)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(words: readonly string[]): Promise<string> {
  const child = startChild("taskset", words, root);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.pipe(process.stderr);
  if ((await ended(child)) !== 0) throw new Error("the generator of load failed");
  return Buffer.concat(chunks).toString();
}

function planOf(streams: readonly Stream[]): string {
  const lines = streams.map(({ local, remote, hears, unprotect, packets }) =>
    [
      ...[local.address, local.port, remote.address, remote.port],
      ...[hears, unprotect === undefined ? 1 : 0, packets[0]!.length],
    ].join(" "),
  );
  return [`${streams.length} ${streams[0]!.packets.length} ${frameMs * 1000}`, ...lines, ""].join("\n");
}

/** The samples of one stream come in order, as opening them needs it. */
function openSamples(streams: readonly Stream[], bytes: Buffer): Load["opened"] {
  const opened = { right: 0, wrong: 0 };
  for (let at = 0; at < bytes.length; ) {
    const [stream, number, length] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8)];
    const packet = bytes.subarray(at + 12, at + 12 + length);
    const listener = streams.find(({ hears }) => hears === stream);
    opened[isRight(listener?.unprotect, packet, payloadOf(stream, number)) ? "right" : "wrong"] += 1;
    at += 12 + length;
  }
  return opened;
}

function isRight(unprotect: Stream["unprotect"], packet: Uint8Array, payload: Uint8Array): boolean {
  try {
    return unprotect !== undefined && Buffer.compare(rtpPayload(unprotect(packet)), payload) === 0;
  } catch {
    return false;
  }
}
