import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathOf } from "../../../scripts/test/programs.ts";
import { ended, startChild } from "../child.ts";
import { readStatistics, type SippStatistics } from "./statistics.ts";

export type SippOptions = {
  /** The scenario: a file of this folder without its ending, or the path of another. */
  readonly scenario: "trunk-uac" | "peer-uas" | (string & {});
  readonly local: { readonly address: string; readonly port: number };
  /** Where it calls to; a scenario that is called needs none. */
  readonly remote?: { readonly address: string; readonly port: number };
  readonly calls: number;
  readonly callsPerSecond?: number;
  /** What `<pause/>` waits: between ACK and BYE of `trunk-uac`, between 180 and 200 of `peer-uas`. Default: 200. */
  readonly pauseMs?: number;
  /** The number that is called. */
  readonly service?: string;
  /** The calling number. */
  readonly caller?: string;
  /** The first port of its media; SIPp takes four a call. */
  readonly mediaPort?: number;
  /** The run counts as failed when it takes longer. Default: 60. */
  readonly timeoutSeconds?: number;
  readonly arguments?: readonly string[];
};

export type SippRun = SippStatistics & {
  /** 0: every call passed. */
  readonly status: number;
  /** What SIPp complains about, with the messages that it did not expect. */
  readonly errors: string;
};

/** A running SIPp. Its process never outlives `ended`. */
export type Sipp = {
  /** Resolves when its socket is bound: nothing sent to it from then on is lost. */
  readonly listening: Promise<void>;
  readonly ended: Promise<SippRun>;
  stop(): void;
};

function argumentsOf(options: SippOptions, folder: string): string[] {
  const { scenario, local, remote, calls, callsPerSecond = 10, pauseMs = 200 } = options;
  const file = scenario.includes("/") ? scenario : join(import.meta.dirname, `${scenario}.xml`);
  return [
    ...["-sf", file, "-i", local.address, "-p", String(local.port), "-mi", local.address],
    ...["-m", String(calls), "-r", String(callsPerSecond), "-d", String(pauseMs)],
    ...["-s", options.service ?? "+16185558387"],
    ...(options.caller === undefined ? [] : ["-set", "caller", options.caller]),
    ...["-mp", String(options.mediaPort ?? 6000), "-timeout", `${options.timeoutSeconds ?? 60}s`, "-timeout_error"],
    ...["-nostdin", "-trace_stat", "-stf", join(folder, "statistics.csv")],
    ...["-trace_err", "-error_file", join(folder, "errors.log")],
    ...(options.arguments ?? []),
    ...(remote === undefined ? [] : [`${remote.address}:${remote.port}`]),
  ];
}

/** An IPv4 address and port as /proc/net/udp writes them: bytes in reverse, all in hexadecimal digits. */
function kernelName({ address, port }: SippOptions["local"]): string {
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0");
  const bytes = address.split(".").map((byte) => hex(Number(byte), 2));
  return `${bytes.reverse().join("")}:${hex(port, 4)}`;
}

/** Looks until the kernel lists the socket; the kernel has no event for that. */
async function bound(local: SippOptions["local"], ended: Promise<unknown>): Promise<void> {
  const name = kernelName(local);
  let running = true;
  const stop = (): void => {
    running = false;
  };
  ended.then(stop, stop);
  while (running && !readFileSync("/proc/net/udp", "utf8").includes(name)) await setTimeout(10);
}

const readIfThere = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** Starts SIPp with a scenario of ours; `ended` resolves with what it counted when it is done. */
export function startSipp(options: SippOptions): Sipp {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-sipp-"));
  const child = startChild(pathOf("SIPp"), argumentsOf(options, folder), folder);
  let said = "";
  child.stdout.resume();
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const run = ended(child).then((status) => {
    const statistics = readIfThere(join(folder, "statistics.csv"));
    const errors = said + readIfThere(join(folder, "errors.log"));
    rmSync(folder, { recursive: true, force: true });
    if (statistics === "") throw new Error(`SIPp did not run: ${errors}`);
    return { ...readStatistics(statistics), status, errors };
  });
  return { listening: bound(options.local, run), ended: run, stop: () => child.kill("SIGTERM") };
}
