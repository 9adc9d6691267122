import { startSipp } from "../harness/sipp/sipp.ts";
import { type Example, startExample } from "./example.ts";
import { median, repeat } from "./figures.ts";
import { cpuSeconds, residentKb } from "./process-cpu.ts";

type Load = { readonly perSecond: number; readonly seconds: number };
const usual: Load = { perSecond: 50, seconds: 10 };
/** A server that has run for an hour has its code compiled; this many calls make up for the hour. */
const warmUp: Load = { perSecond: 300, seconds: 10 };

/** A server between two SIPp, with addresses of its own. */
class Between {
  readonly #server: Example;
  readonly #net: number;
  private constructor(server: Example, net: number) {
    this.#server = server;
    this.#net = net;
  }

  static async start(file: string, net: number): Promise<Between> {
    return new Between(await startExample(file, [`127.77.${net}.1`, "5060", `127.77.${net}.2`, "5070"]), net);
  }

  get residentMb(): number {
    return residentKb(this.#server.pid) / 1024;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** CPU milliseconds of the server for one call, INVITE to BYE; a call lasts a second. */
  async costOfCall({ perSecond, seconds }: Load): Promise<number> {
    const load = { calls: perSecond * seconds, callsPerSecond: perSecond };
    const at = (host: number, port: number) => ({ address: `127.77.${this.#net}.${host}`, port });
    const answering = startSipp({ scenario: "peer-uas", local: at(2, 5070), pauseMs: 100, ...load });
    await answering.listening;
    const before = cpuSeconds(this.#server.pid);
    const way = { local: at(3, 5061), remote: at(1, 5060), caller: "+12065550100" };
    const run = await startSipp({ scenario: "trunk-uac", ...way, pauseMs: 1000, ...load }).ended;
    const spent = cpuSeconds(this.#server.pid) - before;
    await answering.ended;
    if (run.successful !== load.calls)
      throw new Error(`${run.successful} of ${load.calls} calls: ${run.errors.slice(0, 500)}`);
    return (spent * 1000) / run.successful;
  }
}

const show = (figures: readonly number[]): string => figures.map((figure) => figure.toFixed(2)).join(", ");

const bare = await Between.start("test/bench/bare-pass.ts", 7);
const ours = await Between.start("packages/sip-stack/examples/b2bua.ts", 6);
const first = await ours.costOfCall(usual);
const atOnce = await ours.costOfCall(warmUp);
const pairs = await repeat(5, async () => ({
  bare: await bare.costOfCall(usual),
  ours: await ours.costOfCall(usual),
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
console.log(`${ratio.toFixed(1)} times the bare socket; to reach: 0.8 ms; resident ${ours.residentMb.toFixed(0)} MB`);
await bare.stop();
await ours.stop();
