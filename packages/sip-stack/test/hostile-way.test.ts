import { expect, test } from "vitest";
import { type DatagramNetwork, digestVerifier, type OutgoingCall, udpTransport } from "../src/index.ts";
import { FakeClock, memoryNetwork, type SeededRandom, seededRandom } from "../src/testing/index.ts";
import { Agent, aliceAt, answer, bobAt, dial, offer, rest } from "./agents.ts";
import { mutate } from "./mutate.ts";

const credentials = { username: "alice", password: "wonderland" };

/** A network that spoils a share of what is sent, until `share` is 0. */
function spoiling(network: DatagramNetwork, random: SeededRandom): DatagramNetwork & { share: number; spoilt: number } {
  const made = {
    share: 0.25,
    spoilt: 0,
    bind: async (...[address, sink]: Parameters<DatagramNetwork["bind"]>) => {
      const socket = await network.bind(address, sink);
      return {
        local: socket.local,
        close: () => socket.close(),
        send(bytes: Uint8Array, to: typeof address) {
          const isSpoilt = random.fraction() < made.share;
          made.spoilt += isSpoilt ? 1 : 0;
          socket.send(isSpoilt ? mutate(bytes, random) : bytes, to);
        },
      };
    },
  };
  return made;
}

const acts: readonly ((call: OutgoingCall) => unknown)[] = [
  (call) => call.reinvite(offer),
  (call) => call.reinvite(() => answer),
  (call) => call.request("UPDATE", { body: offer }),
  (call) => call.request("INFO"),
  (call) => call.refer("sip:carol@10.0.0.3", { user: { onDone: () => {} } }),
  (call) => call.hangUp(),
];

/** Two agents that can do everything; with `isProven` both want proof of all that is said in a call. */
async function parties(seed: number, isProven: boolean) {
  const clock = new FakeClock();
  const random = seededRandom(seed);
  const network = spoiling(memoryNetwork({ clock, delayMs: 5, loss: 0.05, seed }), random);
  const verifier = () => digestVerifier({ realm: "pbx", lookUp: async () => credentials, clock, random });
  const proofs = () => (isProven ? { credentials, verifier: verifier() } : {});
  const able = { supported: ["100rel", "replaces"], allow: ["INFO", "REFER", "NOTIFY"] };
  const agents = [aliceAt, bobAt].map((bind, at) => {
    const agent = new Agent(clock, [udpTransport({ bind, network })], seed * 2 + at, able);
    agent.attach = proofs();
    return agent;
  });
  await Promise.all(agents.map(({ agent }) => agent.listen()));
  return { agents, clock, network, proofs, random };
}

test.each(Array.from({ length: 24 }, (_, at) => at + 1))(
  "calls over a way that spoils a quarter of all messages end on both sides and leave nothing, seed %i",
  async (seed) => {
    const { agents, clock, network, proofs, random } = await parties(seed, seed % 2 === 0);
    const [alice, bob] = agents as [Agent, Agent];
    bob.onCall = (call) => {
      call.ring(183, { body: answer, reliable: random.fraction() < 0.5 });
      clock.after(200, () => call.answer(answer));
    };
    const call = () => dial(alice, { transport: "udp", ...bobAt }, { ...proofs(), reliable: "supported" });
    const made = Array.from({ length: 4 }, call);
    for (let turn = 0; turn < 60; turn += 1) {
      await clock.advance(700);
      const up = made.filter((one) => one.call.state !== "ended");
      const one = up[Math.floor(random.fraction() * up.length)];
      if (up.length < 4) made.push(call());
      if (one !== undefined) void acts[Math.floor(random.fraction() * acts.length)]?.(one.call);
    }
    network.share = 0;
    for (const one of [...made, ...bob.incoming]) one.call.hangUp();
    await clock.advance(200_000);
    for (const { call, user } of [...made, ...bob.incoming])
      expect([call.state, user.ends.length]).toEqual(["ended", 1]);
    expect(network.spoilt).toBeGreaterThan(30);
    expect(bob.incoming.flatMap(({ user }) => [...user.offers, ...user.requests]).length).toBeGreaterThan(1);
    await rest(clock, agents);
  },
);
