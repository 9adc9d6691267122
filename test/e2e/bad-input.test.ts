import { createSocket } from "node:dgram";
import { once } from "node:events";
import { parseMessage, systemClock, systemDatagrams, systemRandom } from "@trunkline/sip-stack";
import { seededRandom } from "@trunkline/sip-stack/testing";
import { expect, onTestFinished, test } from "vitest";
import { Phone } from "../../packages/pbx/test/scenario/phone.ts";
import { testNetwork } from "../harness/network.ts";
import { startServer } from "../harness/server/server.ts";
import { emptied, statusOf } from "./peers/counters.ts";
import { type Hostile, hostileRtp, hostileSip } from "./peers/hostile.ts";
import { rawTrunk } from "./peers/raw-trunk.ts";

const network = testNetwork();
const [serverAddress, trunkAddress, labAddress, strangerAddress, connector] = [1, 2, 3, 4, 5].map(
  (last) => `${network}.${last}`,
) as [string, string, string, string, string];
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

const burst = 20;

/** A socket that attacks in bursts; after each it waits for a sign that the server has taken it all, so that none is lost on the way. */
async function attacker(address: string) {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const send = (bytes: Buffer, port: number): Promise<unknown> =>
    new Promise((resolve) => socket.send(bytes, port, serverAddress, resolve));
  return async (
    hostile: Hostile,
    port: number,
    count: number,
    taken: () => Promise<unknown>,
    onSent: (bytes: Buffer) => void = () => {},
  ): Promise<void> => {
    for (let left = count; left > 0; left -= burst) {
      const datagrams = Array.from({ length: Math.min(burst, left) }, hostile.next);
      datagrams.forEach(onSent);
      await Promise.all(datagrams.map((bytes) => send(bytes, port)));
      await taken();
    }
  };
}

/** What says that not even the parts of a message could be told apart. */
const framing = /^(no empty line|start line|request line|status line|header field|body is shorter|message)/;

/** How what one side said and what the other heard differ: nothing, when every payload came unchanged and in order. */
function differenceOf(speaker: Phone, hearer: Phone) {
  const heard = new Set(hearer.heard);
  const at = speaker.spoken.findIndex((payload, index) => hearer.heard[index] !== payload);
  return at === -1
    ? undefined
    : {
        at,
        spoken: speaker.spoken.length,
        heard: heard.size,
        lost: speaker.spoken.filter((payload) => !heard.has(payload)).length,
      };
}

/** What a refusal's reason looks like: what every unreadable or unwanted message is refused with, and the relay's own words. */
const reasons = { signalling: /^(malformed: |not in trunk\.allow|other$)/, sound: /^(?!other$)[a-z-]+$/ };

/** The signalling's or the sound's part of what was refused, by reason. */
const refusedOf = (
  refused: Readonly<Record<string, number>>,
  part: keyof typeof reasons,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(refused).filter(([why]) => reasons[part].test(why)));

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

test("10,000 hostile datagrams at the SIP port and as many at an RTP port during a call change nothing of its sound", {
  timeout: 240_000,
}, async () => {
  const seed = Number(process.env.TRUNKLINE_SEED ?? Date.now() % 1_000_000);
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
  let attacking = true;
  const talk = async (): Promise<void> => {
    while (attacking) await Promise.all([caller.talk(50), callee.talk(50)]);
  };
  const talking = talk();
  const sent = { framed: 0, refusable: 0 };
  const count =
    (from: "trunk" | "stranger") =>
    (bytes: Buffer): void => {
      const parsed = parseMessage(bytes);
      if (parsed.ok || !framing.test(parsed.why)) sent.framed++;
      if (/^[\r\n]{0,4}$/.test(bytes.toString("latin1"))) return;
      if (!parsed.ok || from === "stranger") sent.refusable++;
    };
  await fromTrunk(
    hostileSip(seededRandom(seed), trunkAddress, serverAddress),
    5060,
    datagrams / 2,
    () => alive.ask(),
    count("trunk"),
  );
  await fromStranger(
    hostileSip(seededRandom(seed + 1), strangerAddress, serverAddress),
    5060,
    datagrams / 2,
    () => alive.ask(),
    count("stranger"),
  );
  const rtp = hostileRtp(seededRandom(seed + 2));
  for (const phone of [caller, callee]) await fromStranger(rtp, phone.farPort!, datagrams / 2, () => phone.nextHeard());
  attacking = false;
  await talking;

  expect(sent.framed).toBeGreaterThan(datagrams / 2);

  caller.hangUp();
  await emptied(server);
  expect([differenceOf(caller, callee), differenceOf(callee, caller)]).toEqual([undefined, undefined]);
  const { counters } = await statusOf(server);
  const [sip, media] = [refusedOf(counters.refused, "signalling"), refusedOf(counters.refused, "sound")];
  expect(counters.sip.received).toBeGreaterThanOrEqual(datagrams);
  expect(sum(sip) - sum(refusedOf(before.counters.refused, "signalling"))).toBe(sent.refusable);
  expect(sip["not in trunk.allow"]).toBeGreaterThan(1000);
  expect(sum(media)).toBe(datagrams);
  expect(server.log.lines.filter(({ level = 0 }) => level >= 50)).toEqual([]);
  expect(await server.stop()).toBe(0);
  for (const end of [caller, callee, alive]) await end.close();
});
