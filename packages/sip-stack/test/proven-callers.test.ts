import { expect, test } from "vitest";
import { digestVerifier, type IncomingCall, type IncomingRequest, type RequestVerifier } from "../src/index.ts";
import { answer, bobAt, scene } from "./agents.ts";

const credentials = { username: "alice", password: "wonderland" };

/** Bob believes nobody who has not proved who he is; `judge` stands between. */
async function doubting(verify?: RequestVerifier["verify"]) {
  const calls: IncomingCall[] = [];
  const requests: IncomingRequest[] = [];
  const verifier: { current?: RequestVerifier } = {};
  const on = await scene(
    {},
    {
      user: {
        onCall: (call) => {
          calls.push(call);
          call.attach({ onOffer: () => {}, onRequest: () => {}, onAnswer: () => {}, onEnded: () => {} });
          call.answer(answer);
        },
        onRequest: (request) => {
          requests.push(request);
          request.respond(200);
        },
      },
      verifierOf: (_, { method }) => (method === "OPTIONS" ? undefined : verifier.current),
    },
  );
  const lookUp = async () => ({ password: "wonderland" });
  verifier.current = verify === undefined ? digestVerifier({ realm: "bob", lookUp, clock: on.clock }) : { verify };
  return { ...on, calls, requests };
}

test("a caller who proves who she is comes through with her name, one who does not is challenged and unheard of", async () => {
  const { calls, clock, dial, rest } = await doubting();
  const stranger = dial();
  await clock.advance(100);
  expect(stranger.user.ends).toMatchObject([{ cause: "rejected", response: { status: 401 } }]);
  expect(calls).toHaveLength(0);
  const known = dial({ credentials });
  await clock.advance(100);
  expect(calls.map(({ username }) => username)).toEqual(["alice"]);
  expect(known.call.state).toBe("confirmed");
  known.call.hangUp();
  await clock.advance(100);
  await rest();
});

test("so does a request outside a dialog; what nobody asks proof of passes without a name", async () => {
  const { alice, clock, requests, rest } = await doubting();
  const send = (method: string, proof?: typeof credentials) =>
    alice.agent.request({
      method,
      uri: "sip:bob@10.0.0.2",
      from: "<sip:alice@10.0.0.1>",
      to: "<sip:bob@10.0.0.2>",
      destination: { transport: "udp", ...bobAt },
      ...(proof && { credentials: proof }),
    });
  const [asked, proved] = [send("OPTIONS"), send("REGISTER", credentials)];
  await clock.advance(100);
  expect([await asked, await proved]).toMatchObject([{ response: { status: 200 } }, { response: { status: 200 } }]);
  expect(requests.map(({ request, username }) => [request.method, username]).sort()).toEqual([
    ["OPTIONS", undefined],
    ["REGISTER", "alice"],
  ]);
  await rest();
});

test("who takes the call back while nobody has judged yet gets 487, and the verdict changes nothing any more", async () => {
  const verdict = Promise.withResolvers<{ ok: true; username: string }>();
  const { calls, clock, dial, rest } = await doubting(() => verdict.promise);
  const { call, user } = dial();
  await clock.advance(300);
  call.hangUp();
  await clock.advance(1000);
  verdict.resolve({ ok: true, username: "alice" });
  await clock.advance(1000);
  expect(user.ends).toMatchObject([{ by: "local" }]);
  expect(calls).toHaveLength(0);
  await rest();
});

test("a verdict that never comes is a 500 while the caller still waits", async () => {
  const { calls, clock, dial, rest } = await doubting(() => new Promise(() => {}));
  const { user } = dial();
  await clock.advance(20_000);
  expect(user.ends).toMatchObject([{ cause: "rejected", response: { status: 500 } }]);
  expect(calls).toHaveLength(0);
  await rest();
});

test("closing leaves nobody who is still being asked", async () => {
  const { bob, clock, dial } = await doubting(() => new Promise(() => {}));
  dial();
  await clock.advance(100);
  await bob.agent.close();
  expect(bob.agent.counters().live).toEqual({ transactions: 0, dialogs: 0, calls: 0, timers: 0 });
});
