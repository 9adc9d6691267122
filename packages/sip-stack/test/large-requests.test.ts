import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { type Address, sdpBody, type Transport, tcpTransport, udpTransport } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { Agent, answer, dial, rest } from "./agents.ts";

const network = process.env.TRUNKLINE_TEST_NETWORK;
const aliceAt = { address: `${network}.1`, port: 5060 };
const bobAt = { address: `${network}.2`, port: 5060 };
const large = { body: sdpBody(`v=0\r\ns=${"x".repeat(1200)}\r\n`) };
const opened: Agent[] = [];

afterEach(async () => {
  for (const { agent } of opened.splice(0)) await agent.close();
});

const udp = (bind: Address): Transport => udpTransport({ bind });
const tcp = (bind: Address): Transport => tcpTransport({ bind });
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });

/** Alice has UDP and TCP, Bob what is given; the transactions' time is the clock's. */
async function pair(bobs: readonly Transport[], alices: readonly Transport[] = [udp(aliceAt), tcp(aliceAt)]) {
  const clock = new FakeClock();
  const [alice, bob] = [new Agent(clock, alices, 1), new Agent(clock, bobs, 2)];
  opened.push(alice, bob);
  await Promise.all([alice.agent.listen(), bob.agent.listen()]);
  bob.onCall = (call) => call.answer(answer);
  return { clock, alice, bob };
}

const ways = ({ wire }: Agent): string[] =>
  wire.map(
    ({ flow, message }) => `${message?.kind === "request" ? message.method : message?.status} ${flow.transport}`,
  );

test("a request that is too large for a datagram goes over TCP, and its call where the Contact then leads", async () => {
  const { clock, alice, bob } = await pair([udp(bobAt), tcp(bobAt)]);
  const { call, user } = dial(alice, { transport: "udp", ...bobAt }, large);
  await until(() => expect(bob.ladder.at(-1)).toBe("< ACK"));
  call.hangUp();
  await until(() => expect(alice.ladder.at(-1)).toBe("< 200"));
  expect(user.answered).toHaveLength(1);
  expect(ways(bob)).toEqual(["INVITE tcp", "200 tcp", "ACK tcp", "BYE tcp", "200 tcp"]);
  expect(bob.wire[0]?.message?.headers.get("Via")).toMatch(/^SIP\/2\.0\/TCP /);
  await rest(clock, [alice, bob]);
});

test("its CANCEL takes the same way", async () => {
  const { clock, alice, bob } = await pair([udp(bobAt), tcp(bobAt)]);
  bob.onCall = (call) => call.ring(180);
  const { call, user } = dial(alice, { transport: "udp", ...bobAt }, large);
  await until(() => expect(user.ringing).toHaveLength(1));
  call.hangUp();
  await until(() => expect(bob.ladder.at(-1)).toBe("< ACK"));
  expect(new Set(bob.wire.map(({ flow }) => flow.transport))).toEqual(new Set(["tcp"]));
  await rest(clock, [alice, bob]);
});

test("where TCP is refused it goes over UDP, and for a while the next ones too without asking", async () => {
  const { clock, alice, bob } = await pair([udp(bobAt)]);
  for (const count of [1, 2]) {
    const { call } = dial(alice, { transport: "udp", ...bobAt }, large);
    await until(() => expect(bob.incoming).toHaveLength(count));
    await until(() => expect(bob.ladder.at(-1)).toBe("< ACK"));
    call.hangUp();
    await until(() => expect(bob.ladder.at(-1)).toBe("> 200"));
  }
  expect(ways(alice).filter((way) => way.startsWith("INVITE"))).toEqual(["INVITE tcp", "INVITE udp", "INVITE udp"]);
  expect(bob.wire[0]?.message?.headers.get("Via")).toMatch(/^SIP\/2\.0\/UDP /);
  await rest(clock, [alice, bob]);
});

test("a connection that breaks after the request went is not followed by a second request", async () => {
  const { clock, alice, bob } = await pair([udp(bobAt)]);
  const rude = createServer((socket) => socket.once("data", () => socket.destroy())).listen(bobAt.port, bobAt.address);
  await once(rude, "listening");
  const { user } = dial(alice, { transport: "udp", ...bobAt }, large);
  await until(() => expect(user.ends).toMatchObject([{ cause: "transport" }]));
  rude.close();
  await rest(clock, [alice, bob]);
  expect(bob.wire).toEqual([]);
});

test("without TCP of our own, and below the limit, it stays a datagram", async () => {
  const { clock, alice, bob } = await pair([udp(bobAt), tcp(bobAt)], [udp(aliceAt)]);
  dial(alice, { transport: "udp", ...bobAt }, large).call.hangUp();
  await until(() => expect(bob.incoming).toHaveLength(1));
  expect(new Set(ways(bob).filter((way) => way.endsWith("tcp")))).toEqual(new Set());
  await rest(clock, [alice, bob]);
});
