import { describe, expect, test } from "vitest";
import { digestVerifier, type IncomingRequest, type Outcome, type RegistrationOptions } from "../src/index.ts";
import { bobAt, offer, scene } from "./agents.ts";
import { Challenger } from "./challenger.ts";

const credentials = { username: "alice", password: "wonderland" };
const challenge: [string, string] = ["WWW-Authenticate", 'Digest realm="pbx", nonce="abc", algorithm=MD5, qop="auth"'];

/** Alice registers with Bob, who answers each REGISTER as the test says. */
async function registering(
  answer: (incoming: IncomingRequest, count: number) => void,
  options: Partial<RegistrationOptions> = {},
) {
  const seen: IncomingRequest[] = [];
  const onRequest = (incoming: IncomingRequest): void => {
    seen.push(incoming);
    answer(incoming, seen.length);
  };
  const on = await scene({}, { user: { onCall: (call) => call.reject(480), onRequest } });
  const granted: number[] = [];
  const failures: { outcome: Outcome; retryMs: number }[] = [];
  const registration = on.alice.agent.register({
    aor: "sip:alice@pbx.example",
    registrar: "sip:pbx.example",
    destination: { transport: "udp", ...bobAt },
    contactUser: "alice",
    user: {
      onRegistered: (seconds) => granted.push(seconds),
      onFailed: (outcome, retryMs) => failures.push({ outcome, retryMs }),
    },
    ...options,
  });
  await on.clock.advance(100);
  const header = (name: string): (string | undefined)[] => seen.map(({ request }) => request.headers.get(name));
  return { ...on, registration, seen, granted, failures, header };
}

const grant = (seconds: number) => (incoming: IncomingRequest) =>
  incoming.respond(200, { headers: [["Contact", `${incoming.request.headers.get("Contact")};expires=${seconds}`]] });

describe("a registration", () => {
  test("is refreshed before it ends, with the same Call-ID and growing CSeq, and removed when it is closed", async () => {
    const { clock, granted, header, registration, rest, seen } = await registering(grant(600));
    expect(registration.state).toBe("registered");
    expect(seen[0]?.request.uri).toBe("sip:pbx.example");
    expect(header("Contact")).toEqual(["<sip:alice@10.0.0.1:5060>"]);
    await clock.advance(539_000);
    expect(seen).toHaveLength(1);
    await clock.advance(2000);
    expect(granted).toEqual([600, 600]);
    const closed = registration.close();
    await clock.advance(100);
    await closed;
    expect(header("Expires")).toEqual(["3600", "3600", "0"]);
    expect(header("CSeq")).toEqual(["1 REGISTER", "2 REGISTER", "3 REGISTER"]);
    expect(new Set(header("Call-ID")).size).toBe(1);
    expect(new Set(header("From")).size).toBe(1);
    await registration.close();
    await rest();
  });

  test("that is too brief asks again for as long as the registrar wants, once", async () => {
    const brief: [string, string] = ["Min-Expires", "7200"];
    const on = await registering((incoming, count) =>
      count === 1 ? incoming.respond(423, { headers: [brief] }) : grant(7200)(incoming),
    );
    expect(on.header("Expires")).toEqual(["3600", "7200"]);
    expect(on.granted).toEqual([7200]);
    void on.registration.close();
    await on.rest();
  });

  test("that fails is tried again, later each time, and as late as Retry-After says", async () => {
    const on = await registering((incoming, count) => {
      if (count < 4) incoming.respond(503, count === 3 ? { headers: [["Retry-After", "1000"]] } : {});
      else grant(600)(incoming);
    });
    await on.clock.advance(2_000_000);
    expect(on.failures.map(({ outcome }) => outcome.response?.status)).toEqual([503, 503, 503]);
    const [first = 0, second = 0, third = 0] = on.failures.map(({ retryMs }) => retryMs);
    expect(first).toBeGreaterThanOrEqual(15_000);
    expect(first).toBeLessThanOrEqual(30_000);
    expect(second).toBeGreaterThanOrEqual(30_000);
    expect(third).toBe(1_000_000);
    expect(on.registration.state).toBe("registered");
    void on.registration.close();
    await on.rest();
  });

  test("that nobody answers is told as a timeout and goes on", async () => {
    const on = await registering(() => {});
    await on.clock.advance(33_000);
    expect(on.failures).toMatchObject([{ outcome: { ok: false, error: { code: "SIP_TRANSACTION_TIMEOUT" } } }]);
    await on.registration.close();
    expect(on.registration.state).toBe("ended");
    await on.rest();
  });

  test("that is closed while it is under way is removed when it comes about", async () => {
    let held: IncomingRequest | undefined;
    const on = await registering((incoming, count) => {
      if (count === 1) held = incoming;
      else grant(0)(incoming);
    });
    const closed = on.registration.close();
    if (held !== undefined) grant(600)(held);
    await on.clock.advance(100);
    await closed;
    expect(on.header("Expires")).toEqual(["3600", "0"]);
    await on.rest();
  });

  test("answers a challenge and signs its refreshes with the next nonce count", async () => {
    const on = await registering(
      (incoming) => {
        if (incoming.request.headers.has("Authorization")) grant(100)(incoming);
        else incoming.respond(401, { headers: [challenge] });
      },
      { credentials },
    );
    await on.clock.advance(51_000);
    expect(on.granted).toEqual([100, 100]);
    expect(on.header("CSeq")).toEqual(["1 REGISTER", "2 REGISTER", "3 REGISTER"]);
    const counts = on.header("Authorization").map((value) => /nc=(\d+)/.exec(value ?? "")?.[1]);
    expect(counts).toEqual([undefined, "00000001", "00000002"]);
    void on.registration.close();
    await on.rest();
  });

  test("with a wrong password fails after one answer and does not hammer the registrar", async () => {
    const on = await registering((incoming) => incoming.respond(401, { headers: [challenge] }), { credentials });
    await on.clock.advance(10_000);
    expect(on.seen).toHaveLength(2);
    expect(on.failures).toHaveLength(1);
    await on.registration.close();
    await on.rest();
  });

  test("ends without a word when its user agent closes", async () => {
    const on = await registering(grant(600));
    await on.alice.agent.close();
    expect([on.registration.state, on.seen.length]).toEqual(["ended", 1]);
    await on.rest();
  });
});

test("a call answers a challenge to its INVITE with its credentials, and not twice", async () => {
  const on = await scene();
  const verifier = digestVerifier({ realm: "pbx", lookUp: async () => credentials, clock: on.clock });
  on.bob.onCall = (call) =>
    void verifier
      .verify(call.invite, call.flow.remote)
      .then((verdict) => (verdict.ok ? call.answer(offer) : call.reject(verdict.status, { headers: verdict.headers })));
  const { call, user } = on.dial({ credentials });
  await on.clock.advance(1000);
  expect(user.answered).toHaveLength(1);
  expect(on.alice.ladder).toEqual(["> INVITE", "< 401", "> ACK", "> INVITE", "< 200", "> ACK"]);
  expect(new Set(on.bob.incoming.map(({ call: { callId, remoteTag } }) => `${callId} ${remoteTag}`)).size).toBe(1);
  call.hangUp();
  const stranger = on.dial({ credentials: { ...credentials, password: "guess" } });
  await on.clock.advance(1000);
  expect(stranger.user.ends).toMatchObject([{ cause: "rejected", response: { status: 401 } }]);
  await on.rest();
});

test("a single request answers a challenge once", async () => {
  const asked: string[] = [];
  const onRequest = (incoming: IncomingRequest): void => {
    asked.push(incoming.request.headers.get("CSeq") ?? "");
    incoming.respond(incoming.request.headers.has("Authorization") ? 200 : 401, { headers: [challenge] });
  };
  const on = await scene({}, { user: { onCall: (call) => call.reject(480), onRequest } });
  const destination = { transport: "udp", ...bobAt } as const;
  const parties = { uri: "sip:pbx.example", from: "<sip:alice@pbx.example>", to: "<sip:pbx.example>" };
  const signed = on.alice.agent.request({ method: "OPTIONS", ...parties, destination, credentials });
  const plain = on.alice.agent.request({ method: "OPTIONS", ...parties, destination });
  await on.clock.advance(100);
  expect(await signed).toMatchObject({ ok: true, response: { status: 200 } });
  expect(await plain).toMatchObject({ ok: true, response: { status: 401 } });
  expect(asked).toEqual(["1 OPTIONS", "1 OPTIONS", "2 OPTIONS"]);
  await on.rest();
});

test("a registration and a single request prove themselves to the peer and to a proxy before it", async () => {
  const on = await scene();
  const farAt = { address: "10.0.0.4", port: 5060 };
  const destination = { transport: "udp", ...farAt } as const;
  const peer = await Challenger.open(on.network, on.clock, farAt, { proxies: ["near"] });
  const user = { onRegistered: () => {} };
  const names = { aor: "sip:alice@pbx.example", registrar: "sip:pbx.example" };
  const registration = on.alice.agent.register({ ...names, destination, credentials, user });
  await on.clock.advance(1000);
  expect([peer.believed, registration.state]).toEqual([["3 REGISTER"], "registered"]);
  // By then both nonces are too old.
  await on.clock.advance(3_600_000);
  void registration.close();
  await on.clock.advance(1000);
  expect(peer.believed).toEqual(["3 REGISTER", "6 REGISTER", "7 REGISTER"]);
  const parties = { uri: "sip:pbx.example", from: "<sip:alice@pbx.example>", to: "<sip:pbx.example>" };
  const asked = on.alice.agent.request({ method: "OPTIONS", ...parties, destination, credentials });
  await on.clock.advance(1000);
  expect(await asked).toMatchObject({ ok: true, response: { status: 200 } });
  await on.rest();
});
