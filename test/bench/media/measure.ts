import { type CallKind, setUpCalls } from "./calls.ts";
import { type Load, runLoad } from "./load.ts";
import type { RelayProcess } from "./relay-process.ts";
import { frameMs } from "./streams.ts";

/** `TRUNKLINE_BENCH_QUICK` makes a benchmark short: it shows that it works, its figures mean nothing. */
export const isQuick = process.env.TRUNKLINE_BENCH_QUICK !== undefined;
/** How often each figure is measured. */
export const rounds = isQuick ? 1 : 5;
/** How long the packets of one measurement flow. */
export const seconds = isQuick ? 1 : 6;
/** So many calls, or the few of a short run. */
export const callsOf = (count: number): number => (isQuick ? 4 : count);
/** Packets of one side in so many seconds. */
export const packetsIn = (duration: number): number => (duration * 1000) / frameMs;

/** Calls whose packets are measured. */
export type Traffic = {
  readonly kind: CallKind;
  readonly calls: number;
  /** Where the generator of load runs, as taskset takes it. */
  readonly cpus: string;
  readonly seconds?: number;
  /** Begins something that goes on while the packets flow, and is ended by what it returns. */
  readonly beside?: () => () => Promise<void>;
};

export type Measured = Load & { readonly cpuUsPerPacket: number };

/** What the packets of calls cost the relay and how they arrived. @throws in words when one came changed or in the wrong call. */
export async function measurePackets(relay: RelayProcess, traffic: Traffic): Promise<Measured> {
  const streams = await setUpCalls(relay, traffic.kind, traffic.calls, packetsIn(traffic.seconds ?? seconds));
  const before = await relay.ask("usage", null);
  const stop = traffic.beside?.();
  const load = await runLoad(streams, traffic.cpus);
  await stop?.();
  const after = await relay.ask("usage", null);
  await relay.ask("close", {});
  assertRight(load, `${relay.kind}, ${traffic.kind}, refused ${JSON.stringify(after.refused)}`);
  return { ...load, cpuUsPerPacket: ((after.cpuMs - before.cpuMs) * 1000) / load.received };
}

function assertRight(load: Load, what: string): void {
  const bad = load.wrong + load.duplicated + load.opened.wrong;
  if (bad > 0 || load.received === 0) throw new Error(`${what}: ${JSON.stringify(load)}`);
}
