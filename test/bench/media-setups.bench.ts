import { KeyedBrowser } from "../../packages/media-relay/test/keyed-browser.ts";
import { connect } from "./media/calls.ts";
import { buildLoad } from "./media/load.ts";
import { callsOf, isQuick, type Measured, measurePackets, rounds, type Traffic } from "./media/measure.ts";
import { processors, stayAside } from "./media/processors.ts";
import { RelayProcess } from "./media/relay-process.ts";
import { printRow } from "./media/rows.ts";

/** What setting up WebRTC sessions costs, and what it does to the packets of calls that are up. */
const network = "127.77.9";
/** Nobody is there: no packet of these calls flows. */
const nobody = { address: `${network}.2`, port: 40_000 };
const perSecond = 20;
const manyth = isQuick ? 10 : 100;
/** Before it begins DTLS as client, werift waits so long; here it is the browser, whose time is not the relay's. */
const browserWaitMs = 100;

async function setUpOnce(relay: RelayProcess): Promise<void> {
  const browser = new KeyedBrowser("aes-cm");
  const { call } = await connect(relay, browser, nobody);
  await relay.ask("close", { call });
  await browser.close();
}

type Cost = { readonly wallMs: number; readonly cpuMs: number };

async function costOfSetUp(relay: RelayProcess): Promise<Cost> {
  const browser = new KeyedBrowser("aes-cm");
  const before = await relay.ask("usage", null);
  const startedMs = performance.now();
  const { call } = await connect(relay, browser, nobody);
  const wallMs = performance.now() - startedMs - browserWaitMs;
  const { cpuMs } = await relay.ask("usage", null);
  await relay.ask("close", { call });
  await browser.close();
  return { wallMs, cpuMs: cpuMs - before.cpuMs };
}

/** The costs of a fresh process's set-ups, one after the other. */
async function costsOfFresh(count: number): Promise<readonly Cost[]> {
  const relay = await RelayProcess.start("ours", network, processors.relay);
  const costs: Cost[] = [];
  for (let at = 0; at < count; at += 1) costs.push(await costOfSetUp(relay));
  await relay.stop();
  return costs;
}

/** Sets sessions up and down again at an even pace until it is stopped. */
function keepSettingUp(relay: RelayProcess): () => Promise<void> {
  const running: Promise<void>[] = [];
  const timer = setInterval(() => running.push(setUpOnce(relay)), 1000 / perSecond);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
  };
}

/** On all processors, as a server is. */
const quietly: Traffic = { kind: "aes-cm", calls: callsOf(100), cpus: processors.other };
const besideSetUps = (relay: RelayProcess): Traffic => ({ ...quietly, beside: () => keepSettingUp(relay) });

stayAside();
buildLoad();
// The browser's side is warm before the relay's is measured.
await costsOfFresh(10);
const fresh: (readonly Cost[])[] = [];
for (let round = 0; round < rounds; round += 1) fresh.push(await costsOfFresh(round === 0 ? manyth : 10));
const nth = (at: number, key: keyof Cost): readonly number[] =>
  fresh.map((costs) => costs[at - 1]?.[key] ?? Number.NaN);
printRow("first set-up of a process, to connected", "ms", nth(1, "wallMs"));
printRow("tenth", "ms", nth(10, "wallMs"));
const ratios = nth(1, "wallMs").map((first, round) => first / (nth(10, "wallMs")[round] ?? Number.NaN));
printRow("first against tenth", "times", ratios, { goal: "1.5 times" });
printRow("first set-up of a process, CPU", "ms", nth(1, "cpuMs"));
printRow(`set-up number ${manyth}, CPU`, "ms", nth(manyth, "cpuMs").slice(0, 1));

const relay = await RelayProcess.start("ours", network, processors.all);
if (!isQuick) await measurePackets(relay, besideSetUps(relay));
const [quiet, busy]: [Measured[], Measured[]] = [[], []];
for (let round = 0; round < rounds; round += 1) {
  quiet.push(await measurePackets(relay, quietly));
  busy.push(await measurePackets(relay, besideSetUps(relay)));
}
await relay.stop();
const p999Ms = (all: readonly Measured[]): readonly number[] => all.map(({ latencyUs }) => latencyUs.p999 / 1000);
printRow(`${callsOf(100)} calls, no set-ups: added latency, 99.9th percentile`, "ms", p999Ms(quiet));
printRow(`${callsOf(100)} calls, ${perSecond} set-ups a second: the same`, "ms", p999Ms(busy));
const above = p999Ms(busy).map((ms, round) => ms - (p999Ms(quiet)[round] ?? Number.NaN));
printRow("above the run without set-ups", "ms", above, { goal: "5 ms" });
