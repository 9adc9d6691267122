import { startServer } from "../harness/server/server.ts";
import { costOfCall, type Load } from "./cost-of-call.ts";
import { startExample } from "./example.ts";
import { median, repeat } from "./figures.ts";
import { residentKb } from "./process-cpu.ts";

const usual: Load = { perSecond: 50, seconds: 10 };
const storm: Load = { perSecond: 600, seconds: 8 };
/** A server that has run for an hour has its code compiled; this many calls make up for the hour. */
const warmUp: Load = { perSecond: 300, seconds: 10 };
const [ours, bare] = ["127.77.8", "127.77.9"] as const;

const config = `version: 1
sip: { udp: "${ours}.1:5060" }
trunk: { host: ${ours}.3, port: 5061, allow: [${ours}.3], optionsSeconds: 3600 }
numbers: { "+16185558387": { ring: [peer] } }
users: { peer: { callerId: "+16185558387", contact: "sip:${ours}.2:5070" } }
calling: { maxCalls: 10000, maxCallsPerUser: 10000, callsPerSecond: 10000 }
media: { trunkPorts: 10000-59999, browserPorts: 60000-60099 }
http: { bind: "${ours}.1:8080" }
`;

// A call of the server allocates ports for both sides and leaves a record; the bare socket only passes the messages on.
const server = await startServer({ config });
const floor = await startExample("test/bench/bare-pass.ts", [`${bare}.1`, "5060", `${bare}.2`, "5070"]);
const [between, betweenBare] = [
  { pid: server.pid, network: ours },
  { pid: floor.pid, network: bare },
];
const first = await costOfCall(between, usual);
await costOfCall(between, warmUp);
const pairs = await repeat(5, async () => ({
  bare: await costOfCall(betweenBare, usual),
  ours: await costOfCall(between, usual),
}));
const show = (figures: readonly number[]): string => figures.map((figure) => figure.toFixed(2)).join(", ");
const costs = pairs.map((pair) => pair.ours);
const floors = pairs.map((pair) => pair.bare);
console.log(
  `a bare socket that passes the messages on     ${median(floors).toFixed(2)} ms CPU a call   (${show(floors)})`,
);
console.log(
  `the server, 50 calls a second                 ${median(costs).toFixed(2)} ms CPU a call   (${show(costs)})  to reach: 1.2`,
);
console.log(
  `the first 500 calls ${first.toFixed(2)}, at 600 a second ${(await costOfCall(between, storm)).toFixed(2)}, none failed`,
);
console.log(`resident ${(residentKb(server.pid) / 1024).toFixed(0)} MB  to reach: 300`);
await floor.stop();
await server.stop();
