import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { testNetwork } from "../harness/network.ts";
import { type Server, startServer } from "../harness/server/server.ts";
import {
  byeWithin,
  called,
  caller,
  pause,
  receive,
  receiveAnswer,
  respond,
  scriptFile,
} from "../harness/sipp/script.ts";
import { startSipp } from "../harness/sipp/sipp.ts";
import { released } from "./peers/counters.ts";
import { rawTrunk } from "./peers/raw-trunk.ts";

const network = testNetwork();
const server = { address: `${network}.1`, port: 5060 };
const lab = { address: `${network}.3`, port: 5080 };
const trunk = { address: `${network}.2`, port: 5060 };
const connector = `${network}.4`;

const config = `version: 1
sip: { udp: "${server.address}:5060" }
trunk: { host: ${connector}, allow: ["${trunk.address}", "${connector}"] }
numbers: { "+16185558387": { ring: [lab], unanswered: reject } }
users: { lab: { name: Lab, callerId: "+16185558387", contact: "sip:${lab.address}:${lab.port}" } }
media: { trunkPorts: 10000-11999, browserPorts: 12000-12099 }
http: { bind: "127.0.0.1:0" }
storage: { path: ":memory:" }
`;

let running: Server;
let alive: Awaited<ReturnType<typeof rawTrunk>>;
beforeAll(async () => {
  alive = await rawTrunk(connector, server.address);
  running = await startServer({ config });
});
afterAll(async () => {
  expect(await running.stop()).toBe(0);
  alive.close();
});

const isRinging = [called.invite, called.answerInvite("180 Ringing")];
const answers = [...isRinging, pause(100), called.answerInvite("200 OK", true), receive("ACK")];
const takesBye = [receive("BYE"), respond("200 OK")];
const talks = [caller.invite, receive("100", true), receive("180", true), receiveAnswer, caller.ack];

/** What each side does, and how the call ends by the record. */
const endings = [
  {
    name: "a CANCEL crosses the 200 of the one who is called",
    calls: [
      caller.invite,
      receive("100", true),
      receive("180"),
      pause(200),
      caller.cancel,
      receive("200"),
      receive("487"),
      caller.ackOfRefusal,
    ],
    isCalled: [
      ...isRinging,
      receive("CANCEL"),
      respond("200 OK"),
      called.answerInvite("200 OK", true),
      receive("ACK", true),
      ...takesBye,
    ],
    ending: { code: "cancelled", by: "caller" },
  },
  {
    name: "both hang up at once",
    calls: [...talks, ...byeWithin(1000, [caller.bye(2), receive("BYE", true), receive("200")])],
    isCalled: [...answers, ...byeWithin(1000, [called.bye, receive("BYE", true), receive("200")])],
    ending: { code: "hung-up" },
  },
  {
    name: "the answer is never acknowledged",
    calls: [
      caller.invite,
      receive("100", true),
      receive("180", true),
      receiveAnswer,
      receive("BYE"),
      respond("200 OK"),
    ],
    // Nothing is heard of it for so long that it is asked whether it is still there.
    isCalled: [...answers, receive("OPTIONS"), respond("200 OK"), ...takesBye],
    ending: { code: "no-ack" },
  },
  {
    name: "the one who is called hangs up",
    calls: [...talks, receive("BYE"), respond("200 OK")],
    isCalled: [...answers, pause(500), called.bye, receive("200")],
    ending: { code: "hung-up", by: "callee" },
  },
] as const;

test.each(endings)("$name: one end on each side, one record", async ({ calls, isCalled, ending }) => {
  const scripts = [scriptFile("calls", calls), scriptFile("is-called", isCalled)] as const;
  onTestFinished(() => {
    for (const script of scripts) script.remove();
  });
  const far = startSipp({ scenario: scripts[1].path, local: lab, calls: 1, mediaPort: 6000 });
  await far.listening;
  const near = startSipp({ scenario: scripts[0].path, local: trunk, remote: server, calls: 1, mediaPort: 7000 });
  const [callee, from] = await Promise.all([far.ended, near.ended]);
  expect(from, from.errors).toMatchObject({ status: 0, successful: 1 });
  expect(callee, callee.errors).toMatchObject({ status: 0, successful: 1 });
  await vi.waitFor(() => released(running), { timeout: 40_000 });
  const records = JSON.parse((await running.command("history", "--json")).stdout);
  expect(records[0]).toMatchObject({ ending });
  expect(records[0].legs).toHaveLength(2);
});
