import { createSocket } from "node:dgram";
import { once } from "node:events";
import { parseMessage, systemClock, systemDatagrams, systemRandom } from "@trunkline/sip-stack";
import { seededRandom } from "@trunkline/sip-stack/testing";
import { expect, onTestFinished, test } from "vitest";
import { Phone } from "../../packages/pbx/test/scenario/phone.ts";
import { testNetwork } from "../harness/network.ts";
import { startServer } from "../harness/server/server.ts";
import { emptied, statusOf } from "./peers/counters.ts";
import { rawTrunk } from "./peers/raw-trunk.ts";
import { type Hostile, hostileRtp, hostileSip } from "./peers/hostile.ts";

const network = testNetwork();
const [serverAddress, trunkAddress, labAddress, strangerAddress, connector] = [1, 2, 3, 4, 5].map((last) => `${network}.${last}`) as [string, string, string, string, string];
const datagrams = 10_000;

const config = `version: 1
sip: { udp: "${serverAddress}:5060" }
trunk: { host: ${connector}, allow: ["${trunkAddress}", "${connector}"] }
numbers: { "+16185558387": { ring: [lab], ringSeconds: 5 } }
users: { lab: { name: Lab, callerId: "+16185558387", contact: "sip:${labAddress}:5060" } }
calling: { maxCalls: 5 }
media: { trunkPorts: 10000-10099, browserPorts: 12000-12099 }
http: { bind: "127.0.0.1:0" }
`;

/** A socket that sends as fast as the receiver can take it on one machine: in bursts, each after the loop has turned. */
async function attacker(address: string) {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const burst = 20;
  return async (hostile: Hostile, port: number, count: number, onSent: (bytes: Buffer) => void = () => {}): Promise<void> => {
    for (let sent = 0; sent < count; sent++) {
      const bytes = hostile.next();
      onSent(bytes);
      const done = new Promise((resolve) => socket.send(bytes, port, serverAddress, resolve));
      if (sent % burst === 0) {
        await done;
        await new Promise((resolve) => systemClock.after(2, () => resolve(undefined)));
      }
    }
  };
}

/** What says that not even the parts of a message could be told apart. */
const framing = /^(no empty line|start line|request line|status line|header field|body is shorter|message)/;

/** How what one side said and what the other heard differ: nothing, when every payload came unchanged and in order. */
function differenceOf(speaker: Phone, hearer: Phone) {
  const heard = new Set(hearer.heard);
  const at = speaker.spoken.findIndex((payload, index) => hearer.heard[index] !== payload);
  return at === -1 ? undefined : { at, spoken: speaker.spoken.length, heard: heard.size, lost: speaker.spoken.filter((payload) => !heard.has(payload)).length };
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((total, count) => total + count, 0);

test("10,000 hostile datagrams at the SIP port and as many at an RTP port during a call change nothing of its sound", { timeout: 240_000 }, async () => {
  const seed = Number(process.env["TRUNKLINE_SEED"] ?? Date.now() % 1_000_000);
  console.log(`hostile datagrams from seed ${seed}; TRUNKLINE_SEED=${seed} sends the same again`);
  const alive = await rawTrunk(connector, serverAddress);
  const server = await startServer({ config });
  const parts = { clock: systemClock, network: systemDatagrams, random: systemRandom };
  const pbx = { address: serverAddress, port: 5060 };
  const [caller, callee] = [new Phone(trunkAddress, pbx, parts), new Phone(labAddress, pbx, parts)];
  for (const phone of [caller, callee]) await phone.open();
  callee.behave({ kind: "answers", afterMs: 0 });
  caller.dial("+16185558387");
  await caller.answering;
  callee.behave({ kind: "ignores" });
  const before = await statusOf(server);

  const [fromTrunk, fromStranger] = [await attacker(trunkAddress), await attacker(strangerAddress)];
  const talking = Promise.all([caller.talk(1000), callee.talk(1000)]);
  let framed = 0;
  const countFramed = (bytes: Buffer): void => {
    const parsed = parseMessage(bytes);
    if (parsed.ok || !framing.test(parsed.why)) framed++;
  };
  await fromTrunk(hostileSip(seededRandom(seed), trunkAddress, serverAddress), 5060, datagrams / 2, countFramed);
  await fromStranger(hostileSip(seededRandom(seed + 1), strangerAddress, serverAddress), 5060, datagrams / 2, countFramed);
  const rtp = hostileRtp(seededRandom(seed + 2));
  for (const port of [caller.farPort, callee.farPort] as number[]) await fromStranger(rtp, port, datagrams / 2);
  await talking;

  expect(caller.spoken.length + callee.spoken.length).toBe(2000);
  expect([differenceOf(caller, callee), differenceOf(callee, caller)]).toEqual([undefined, undefined]);
  expect(framed).toBeGreaterThan(datagrams / 2);

  caller.hangUp();
  await emptied(server);
  const { counters } = await statusOf(server);
  const refusedMedia = counters.refused["wrong-source"] ?? 0;
  expect(refusedMedia).toBeGreaterThanOrEqual(datagrams * 0.9);
  expect(sum(counters.refused) - sum(before.counters.refused)).toBeGreaterThan(datagrams * 1.4);
  expect(counters.refused["not in trunk.allow"]).toBeGreaterThan(0);
  expect(server.log.lines.filter(({ level = 0 }) => level >= 50)).toEqual([]);
  expect(await server.stop()).toBe(0);
  for (const end of [caller, callee, alive]) await end.close();
});
