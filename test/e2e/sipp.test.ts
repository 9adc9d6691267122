import { expect, test } from "vitest";
import { testNetwork } from "../harness/network.ts";
import { startServer } from "../harness/server/server.ts";
import { startSipp } from "../harness/sipp/sipp.ts";
import { emptied } from "./peers/counters.ts";
import { rawTrunk } from "./peers/raw-trunk.ts";

const network = testNetwork();
const server = { address: `${network}.1`, port: 5060 };
const trunk = { address: `${network}.2`, port: 5060 };
const connector = `${network}.4`;
const lab = { address: `${network}.3`, port: 5080 };

const config = `version: 1
sip: { udp: "${server.address}:5060" }
trunk: { host: ${connector}, allow: ["${trunk.address}", "${connector}"] }
numbers: { "+16185558387": { ring: [lab] } }
users: { lab: { name: Lab, callerId: "+16185558387", contact: "sip:${lab.address}:${lab.port}" } }
calling: { maxCalls: 100, maxCallsPerUser: 100, callsPerSecond: 100 }
media: { trunkPorts: 10000-11999, browserPorts: 12000-12099 }
http: { bind: "127.0.0.1:0" }
`;

test("100 calls at 20 a second from the trunk to a fixed peer: none fails, nothing is left", {
  timeout: 120_000,
}, async () => {
  const alive = await rawTrunk(connector, server.address);
  const running = await startServer({ config });
  const callee = startSipp({ scenario: "peer-uas", local: lab, calls: 100, mediaPort: 6000 });
  await callee.listening;
  const caller = startSipp({
    scenario: "trunk-uac",
    local: trunk,
    remote: server,
    calls: 100,
    callsPerSecond: 20,
    caller: "+12025550123",
    mediaPort: 7000,
  });
  const [called, calling] = await Promise.all([callee.ended, caller.ended]);
  expect(calling).toMatchObject({ status: 0, successful: 100, failed: 0 });
  expect(called).toMatchObject({ status: 0, successful: 100, failed: 0 });
  await emptied(running);
  expect(await running.stop()).toBe(0);
  alive.close();
});
