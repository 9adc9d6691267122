import { startSipp } from "../harness/sipp/sipp.ts";
import { startExample } from "./example.ts";
import { median, repeat } from "./figures.ts";
import { cpuSeconds, residentKb } from "./process-cpu.ts";

const between = { address: "127.77.6.1", port: 5060 };
const callee = { address: "127.77.6.2", port: 5070 };
const caller = { address: "127.77.6.3", port: 5061 };
const perSecond = 50;
const seconds = 10;

/** CPU milliseconds of the process for one call, INVITE to BYE, both sides SIPp; a call lasts a second. */
async function costOfCall(pid: number): Promise<number> {
  const load = { calls: perSecond * seconds, callsPerSecond: perSecond };
  const answering = startSipp({ scenario: "peer-uas", local: callee, pauseMs: 100, ...load });
  await answering.listening;
  const before = cpuSeconds(pid);
  const calling = startSipp({
    scenario: "trunk-uac",
    local: caller,
    remote: between,
    pauseMs: 1000,
    caller: "+12065550100",
    ...load,
  });
  const run = await calling.ended;
  const spent = cpuSeconds(pid) - before;
  await answering.ended;
  if (run.successful !== load.calls)
    throw new Error(`${run.successful} of ${load.calls} calls: ${run.errors.slice(0, 500)}`);
  return (spent * 1000) / run.successful;
}

const file = "packages/sip-stack/examples/b2bua.ts";
const server = await startExample(file, [between.address, `${between.port}`, callee.address, `${callee.port}`]);
const [cold = Number.NaN, ...later] = await repeat(4, () => costOfCall(server.pid));
const all = later.map((figure) => figure.toFixed(2)).join(", ");
console.log(
  `examples/b2bua.ts, ${perSecond} calls a second: ${median(later).toFixed(2)} ms CPU a call   (${all}; cold ${cold.toFixed(2)})`,
);
console.log(`to reach: 0.8 ms; resident memory ${(residentKb(server.pid) / 1024).toFixed(0)} MB`);
await server.stop();
