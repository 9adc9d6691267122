import { type CallKind, setUpCalls } from "./media/calls.ts";
import { buildLoad, runLoad } from "./media/load.ts";
import { callsOf, packetsIn, rounds } from "./media/measure.ts";
import { processors, stayAside } from "./media/processors.ts";
import { type RelayKind, RelayProcess } from "./media/relay-process.ts";
import { printRow } from "./media/rows.ts";

/** Resident memory that a process grows by for each call while their packets flow, from a process that had calls before. */
const network = "127.77.10";
const few = 10;
const seconds = 2;

async function residentMbWith(relay: RelayProcess, kind: CallKind, calls: number): Promise<number> {
  const streams = await setUpCalls(relay, kind, calls, packetsIn(seconds));
  await runLoad(streams, processors.other);
  const { residentKb } = await relay.ask("usage", null);
  await relay.ask("close", {});
  return residentKb / 1024;
}

async function memoryOfCall(kind: RelayKind, between: CallKind, calls: number): Promise<number> {
  const relay = await RelayProcess.start(kind, network, processors.relay);
  const before = await residentMbWith(relay, between, few);
  const after = await residentMbWith(relay, between, few + calls);
  await relay.stop();
  return (after - before) / calls;
}

async function measure(kind: RelayKind, between: CallKind, calls: number): Promise<readonly number[]> {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) figures.push(await memoryOfCall(kind, between, calls));
  return figures;
}

stayAside();
buildLoad();
const bare = await measure("bare", "plain", callsOf(500));
printRow("memory of a call of the bare relay", "MB", bare);
printRow("memory of a plain call", "MB", await measure("ours", "plain", callsOf(500)), { goal: "0.1 MB" });
printRow("memory of a WebRTC call", "MB", await measure("ours", "aes-cm", callsOf(100)), { goal: "0.8 MB" });
