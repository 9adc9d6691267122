import { startSipp } from "../harness/sipp/sipp.ts";
import { cpuSeconds } from "./process-cpu.ts";

export type Load = { readonly perSecond: number; readonly seconds: number };

/** A server between two SIPp: it listens on the first address of a network, calls come from the third and go to the second. */
export type Between = { readonly pid: number; readonly network: string };

/** CPU milliseconds of the server for one call, INVITE to BYE; a call lasts a second. @throws when a call fails */
export async function costOfCall({ pid, network }: Between, { perSecond, seconds }: Load): Promise<number> {
  const load = { calls: perSecond * seconds, callsPerSecond: perSecond };
  const at = (host: number, port: number) => ({ address: `${network}.${host}`, port });
  const answering = startSipp({ scenario: "peer-uas", local: at(2, 5070), pauseMs: 100, ...load });
  await answering.listening;
  const before = cpuSeconds(pid);
  const way = { local: at(3, 5061), remote: at(1, 5060), caller: "+12065550100" };
  const run = await startSipp({ scenario: "trunk-uac", ...way, pauseMs: 1000, ...load }).ended;
  const spent = cpuSeconds(pid) - before;
  await answering.ended;
  if (run.successful !== load.calls)
    throw new Error(`${run.successful} of ${load.calls} calls: ${run.errors.slice(0, 500)}`);
  return (spent * 1000) / run.successful;
}
