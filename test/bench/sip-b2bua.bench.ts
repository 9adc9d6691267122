import { type Between, costOfCall, type Load } from "./cost-of-call.ts";
import { type Example, startExample } from "./example.ts";
import { median, repeat } from "./figures.ts";
import { residentKb } from "./process-cpu.ts";

const usual: Load = { perSecond: 50, seconds: 10 };
/** A server that has run for an hour has its code compiled; this many calls make up for the hour. */
const warmUp: Load = { perSecond: 300, seconds: 10 };

/** An example between two SIPp, with a network of its own. */
async function startBetween(file: string, net: number): Promise<Example & Between> {
  const network = `127.77.${net}`;
  return { ...(await startExample(file, [`${network}.1`, "5060", `${network}.2`, "5070"])), network };
}

const show = (figures: readonly number[]): string => figures.map((figure) => figure.toFixed(2)).join(", ");

const bare = await startBetween("test/bench/bare-pass.ts", 7);
const ours = await startBetween("packages/sip-stack/examples/b2bua.ts", 6);
const first = await costOfCall(ours, usual);
const atOnce = await costOfCall(ours, warmUp);
const pairs = await repeat(5, async () => ({
  bare: await costOfCall(bare, usual),
  ours: await costOfCall(ours, usual),
}));
const floor = pairs.map((pair) => pair.bare);
const costs = pairs.map((pair) => pair.ours);
console.log(
  `a bare socket that passes the messages on     ${median(floor).toFixed(2)} ms CPU a call   (${show(floor)})`,
);
console.log(
  `examples/b2bua.ts, ${usual.perSecond} calls a second        ${median(costs).toFixed(2)} ms CPU a call   (${show(costs)})`,
);
console.log(
  `the first ${usual.perSecond * usual.seconds} calls ${first.toFixed(2)}, at ${warmUp.perSecond} a second ${atOnce.toFixed(2)}`,
);
const ratio = median(pairs.map((pair) => pair.ours / pair.bare));
console.log(
  `${ratio.toFixed(1)} times the bare socket; to reach: 0.8 ms; resident ${(residentKb(ours.pid) / 1024).toFixed(0)} MB`,
);
await bare.stop();
await ours.stop();
