import type { CallKind } from "./media/calls.ts";
import { buildLoad } from "./media/load.ts";
import { callsOf, isQuick, type Measured, measurePackets, rounds } from "./media/measure.ts";
import { type LoadPlace, processors, stayAside } from "./media/processors.ts";
import { type RelayKind, RelayProcess } from "./media/relay-process.ts";
import { printRow } from "./media/rows.ts";

/** What a relayed packet costs and how long it takes, beside a relay that does nothing but relay. */
type Run = { readonly relay: RelayKind; readonly kind: CallKind; readonly calls: number; readonly load: LoadPlace };

const network = "127.77.8";
const places = { same: "load on the same processor", other: "load on another" } as const;

/** Neighbours are compared. */
const runs: readonly Run[] = (["same", "other"] as const).flatMap((load) => [
  { relay: "bare", kind: "plain", calls: 200, load },
  { relay: "ours", kind: "plain", calls: 200, load },
  { relay: "bare", kind: "plain", calls: 100, load },
  { relay: "ours", kind: "aes-cm", calls: 100, load },
  { relay: "ours", kind: "aes-gcm", calls: 100, load },
  { relay: "ours", kind: "plain", calls: 100, load },
]);

const nameOf = ({ relay, kind, calls, load }: Run): string => `${relay} ${kind} ${calls} ${load}`;
const results = new Map<string, Measured[]>(runs.map((run) => [nameOf(run), []]));
const of = (run: Run): readonly Measured[] => results.get(nameOf(run)) ?? [];

async function measureRound(
  relays: Readonly<Record<RelayKind, RelayProcess>>,
  brief: { readonly seconds?: number } = {},
): Promise<void> {
  for (const run of runs) {
    const traffic = { kind: run.kind, calls: callsOf(run.calls), cpus: processors[run.load], ...brief };
    results.get(nameOf(run))?.push(await measurePackets(relays[run.relay], traffic));
  }
}

function printCosts(kind: CallKind, calls: number, goals: Readonly<Record<LoadPlace, number>>): void {
  for (const load of ["same", "other"] as const) {
    const figures = of({ relay: "ours", kind, calls, load }).map((one) => one.cpuUsPerPacket);
    const floor = of({ relay: "bare", kind: "plain", calls, load }).map((one) => one.cpuUsPerPacket);
    printRow(`${kind}, ${callsOf(calls)} calls, ${places[load]}: CPU a packet`, "µs", figures, {
      floor,
      goal: `${goals[load]} times bare`,
    });
  }
}

function printLatencies(relay: RelayKind, kind: CallKind, goal?: string): void {
  const measured = of({ relay, kind, calls: 100, load: "other" });
  const name = `${relay === "bare" ? "bare relay" : kind}, ${callsOf(100)} calls: added latency`;
  const [p50, p99, p999] = (["p50", "p99", "p999"] as const).map((key) => measured.map((one) => one.latencyUs[key]));
  printRow(`${name}, 50th percentile`, "µs", p50 ?? []);
  printRow(`${name}, 99th`, "µs", p99 ?? [], goal === undefined ? {} : { goal });
  printRow(`${name}, 99.9th`, "µs", p999 ?? []);
}

function printLosses(): void {
  const all = [...results.values()].flat();
  const total = (count: (one: Measured) => number): number => all.reduce((sum, one) => sum + count(one), 0);
  const lost = total((one) => one.sent - one.received);
  const reordered = total((one) => one.reordered);
  console.log(`of ${total((one) => one.sent)} packets ${lost} lost, ${reordered} reordered  to reach: 0`);
  if (lost + reordered > 0) process.exitCode = 1;
}

stayAside();
buildLoad();
const relays = {
  bare: await RelayProcess.start("bare", network, processors.relay),
  ours: await RelayProcess.start("ours", network, processors.relay),
};
// The first round is for the compiler of the machine code.
if (!isQuick) await measureRound(relays, { seconds: 2 });
for (const measured of results.values()) measured.length = 0;
for (let round = 0; round < rounds; round += 1) await measureRound(relays);
await Promise.all([relays.bare.stop(), relays.ours.stop()]);

printCosts("plain", 200, { same: 1.3, other: 1.3 });
printCosts("aes-cm", 100, { same: 1.7, other: 1.15 });
printCosts("aes-gcm", 100, { same: 1.7, other: 1.15 });
printLatencies("bare", "plain");
printLatencies("ours", "plain", "250 µs");
printLatencies("ours", "aes-cm", "500 µs");
printLatencies("ours", "aes-gcm", "500 µs");
printLosses();
