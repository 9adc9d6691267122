import { startSipp } from "../harness/sipp/sipp.ts";
import { startExample } from "./example.ts";
import { median, repeat } from "./figures.ts";
import { cpuSeconds } from "./process-cpu.ts";

const address = "127.77.5.1";
const port = 5060;
const perSecond = 500;
const seconds = 6;

/** CPU milliseconds of the process for one OPTIONS that SIPp sends at 500 a second. */
async function costOfRequest(pid: number): Promise<number> {
  const before = cpuSeconds(pid);
  const load = { calls: perSecond * seconds, callsPerSecond: perSecond };
  const local = { address: "127.77.5.2", port: 5061 };
  const run = await startSipp({ scenario: "options-uac", local, remote: { address, port }, ...load }).ended;
  if (run.successful !== load.calls)
    throw new Error(`${run.successful} of ${load.calls} answered: ${run.errors.slice(0, 500)}`);
  return ((cpuSeconds(pid) - before) * 1000) / run.successful;
}

/** The first run is for the compiler of the machine code. */
async function measure(what: string, file: string): Promise<number> {
  const server = await startExample(file, [address, `${port}`]);
  const [first = Number.NaN, ...later] = await repeat(4, () => costOfRequest(server.pid));
  await server.stop();
  const all = later.map((figure) => figure.toFixed(3)).join(", ");
  console.log(`${what.padEnd(44)} ${median(later).toFixed(3)} ms CPU a request   (${all}; cold ${first.toFixed(3)})`);
  return median(later);
}

const bare = await measure("a bare socket that turns text around", "test/bench/bare-options.ts");
const ours = await measure("examples/echo-options.ts, 500 a second", "packages/sip-stack/examples/echo-options.ts");
console.log(`${(ours / bare).toFixed(1)} times the bare socket; to reach: 0.10 ms`);
