import { expect, test } from "vitest";
import { headers } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { request } from "../testing/request.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { answerChallenge, type Signed, signRequest } from "./answer.ts";
import { type Hash, secretHash, systemHash } from "./digest.ts";
import { type DigestVerifierOptions, digestVerifier, type StoredCredentials, type Verdict } from "./verifier.ts";

const here = { address: "10.0.0.9", port: 5060 };
const elsewhere = { address: "10.0.0.8", port: 5060 };
const register = request("REGISTER", "sip:pbx");
const password = "correct horse";

const kept = new Map<string, StoredCredentials>([
  ["desk", { password }],
  ["lab", { ha1: { MD5: secretHash(systemHash, "MD5", ["lab", "pbx", password]) } }],
]);

/** A verifier with a clock of the test and a count of the hashes that it computes. */
function setUp(options: Partial<DigestVerifierOptions> = {}) {
  const clock = new FakeClock();
  const hashed: string[] = [];
  const hash: Hash = (algorithm, text) => {
    hashed.push(algorithm);
    return systemHash(algorithm, text);
  };
  const lookUp = async (username: string) => kept.get(username);
  const verifier = digestVerifier({ realm: "pbx", lookUp, clock, random: seededRandom(7), hash, ...options });
  return { clock, verifier, hashed, verify: (what: SipRequest, from = here) => verifier.verify(what, from) };
}

function responseOf(verdict: Verdict): SipResponse {
  if (verdict.ok) throw new Error("was admitted");
  const { status } = verdict;
  return { kind: "response", status, reason: "", headers: headers(verdict.headers), body: new Uint8Array(0) };
}

function sign(verdict: Verdict, username = "desk", secret = password, first = register): Signed {
  const signed = answerChallenge(responseOf(verdict), first, { username, password: secret }, seededRandom(8));
  if (!signed.ok) throw new Error(signed.why);
  return signed.value;
}

function staleOf(verdict: Verdict): boolean {
  return (
    !verdict.ok && verdict.headers.length > 0 && verdict.headers.every(([, value]) => value.endsWith("stale=true"))
  );
}

test("a request without credentials is asked for them, the strongest algorithm first", async () => {
  const { verify } = setUp();
  const verdict = await verify(register);
  expect(verdict).toMatchObject({ ok: false, status: 401, why: "no credentials" });
  const values = responseOf(verdict).headers.all("WWW-Authenticate");
  expect(values.map((value) => /algorithm=([^,]+)/.exec(value)?.[1])).toEqual(["SHA-256", "MD5"]);
  expect(values.every((value) => value.startsWith('Digest realm="pbx", nonce="') && value.endsWith('qop="auth"'))).toBe(
    true,
  );
});

test("the right answer is admitted, with a password and with hashes kept, as server and as proxy", async () => {
  const { verify } = setUp();
  expect(await verify(sign(await verify(register)).request)).toEqual({ ok: true, username: "desk" });
  const md5 = setUp({ algorithms: ["MD5"], role: "proxy" });
  const asked = await md5.verify(register);
  expect(asked).toMatchObject({ status: 407 });
  expect(await md5.verify(sign(asked, "lab").request)).toEqual({ ok: true, username: "lab" });
});

test("known and unknown users get the same bytes after the same number of hashes", async () => {
  const attempts = ["desk", "lab", "nobody"].map(async (username) => {
    const { verify, hashed } = setUp({ algorithms: ["MD5"] });
    const signed = sign(await verify(register), username, "wrong");
    const verdict = await verify(signed.request);
    expect(verdict.username).toBe(username);
    return { verdict: { ...verdict, username: "" }, hashes: [...hashed] };
  });
  const [desk, lab, nobody] = await Promise.all(attempts);
  expect(desk).toEqual(nobody);
  expect(lab).toEqual(nobody);
  expect(nobody?.hashes).toEqual(["MD5", "MD5", "MD5"]);
  expect(nobody?.verdict).toMatchObject({ ok: false, status: 401, why: "credentials are wrong" });
});

test("a stored hash for another algorithm admits nobody", async () => {
  const { verify } = setUp();
  expect(await verify(sign(await verify(register), "lab").request)).toMatchObject({ ok: false, status: 401 });
});

test("each nonce count is good once; counts may overtake each other", async () => {
  const { verify } = setUp();
  const first = sign(await verify(register));
  const second = signRequest(register, first.session, seededRandom(9));
  expect(await verify(second.request)).toMatchObject({ ok: true });
  expect(await verify(first.request)).toMatchObject({ ok: true });
  for (const { request: replayed } of [first, second]) {
    const verdict = await verify(replayed);
    expect(verdict).toMatchObject({ ok: false, why: "nonce count was used before" });
    expect(staleOf(verdict)).toBe(true);
  }
});

test("a nonce ends with its time, and its count leaves nothing behind", async () => {
  const { verify, clock, verifier } = setUp({ nonceMs: 1000 });
  const signed = sign(await verify(register));
  expect(await verify(signed.request)).toMatchObject({ ok: true });
  const next = signRequest(register, signed.session, seededRandom(9));
  await clock.advance(1000);
  const late = await verify(next.request);
  expect(staleOf(late)).toBe(true);
  expect(await verify(sign(late, "desk", password, next.request).request)).toMatchObject({ ok: true });
  await clock.advance(1001);
  await verify(register);
  expect(verifier.counters.nonces).toBe(0);
});

test("a nonce is good for the address that it was given to, and for the verifier that made it", async () => {
  const { verify, hashed } = setUp();
  const signed = sign(await verify(register));
  expect(staleOf(await verify(signed.request, elsewhere))).toBe(true);
  expect(staleOf(await setUp({ random: seededRandom(70) }).verify(signed.request))).toBe(true);
  expect(hashed).toEqual([]);
  expect(await verify(signed.request, { ...here, port: 40_000 })).toMatchObject({ ok: true });
});

test("the memory of used nonces is bounded, and a forgotten one cannot be used again", async () => {
  const { verify, clock, verifier } = setUp({ maxNonces: 2 });
  const signed: Signed[] = [];
  for (let at = 0; at < 4; at++) {
    await clock.advance(1);
    signed.push(sign(await verify(register)));
    expect(await verify(signed[at]!.request)).toMatchObject({ ok: true });
  }
  expect(verifier.counters.nonces).toBe(2);
  const replayed = await verify(signed[0]!.request);
  expect(replayed).toMatchObject({ ok: false, why: "nonce was forgotten" });
  expect(staleOf(replayed)).toBe(true);
  const later = signRequest(register, signed[3]!.session, seededRandom(9));
  expect(await verify(later.request)).toMatchObject({ ok: true });
});

test("an answer for another method or another Request-URI is worth nothing", async () => {
  const { verify } = setUp();
  const { request: signed } = sign(await verify(register));
  expect(await verify({ ...signed, method: "INVITE" })).toMatchObject({ status: 401, why: "credentials are wrong" });
  expect(await verify({ ...signed, uri: "sip:+1900" })).toMatchObject({ status: 400 });
});

test.each([
  ["sip:pbx:5060", true],
  ["SIP:PBX;transport=udp", true],
  ["sip:pbx:5070", false],
  ["sips:pbx", false],
  ["sip:lab@pbx", false],
  ["tel:+1900", false],
])("an answer for sip:pbx in a request to %s is taken: %s", async (uri, isTaken) => {
  const { verify } = setUp();
  const { request: signed } = sign(await verify(register));
  expect((await verify({ ...signed, uri })).ok).toBe(isTaken);
});

test.each([
  ["qop is missing", 'Digest username="desk", realm="pbx", nonce="n", uri="sip:pbx", response="r"'],
  ["the count is missing", 'Digest username="desk", realm="pbx", nonce="n", uri="sip:pbx", response="r", qop=auth'],
  ["the algorithm is unknown", 'Digest username="desk", realm="pbx", algorithm=MD4'],
  ["a field comes twice", 'Digest username="desk", realm="pbx", realm="pbx"'],
  ["it is empty", "Digest realm=pbx, ,"],
])("an answer where %s gets 400 and no look-up", async (_, value) => {
  const { verify, hashed, verifier } = setUp({ lookUp: () => Promise.reject(new Error("asked")) });
  const broken = { ...register, headers: register.headers.plus("Authorization", value) };
  expect(await verify(broken)).toMatchObject({ ok: false, status: 400, headers: [] });
  expect(hashed).toEqual([]);
  expect(Object.values(verifier.counters.refused)).toEqual([1]);
});

test("a look-up that fails is a 500 and a made-up nonce no reason to look up", async () => {
  const { verify } = setUp({ lookUp: () => Promise.reject(new Error("disk")) });
  expect(await verify(sign(await verify(register)).request)).toMatchObject({ status: 500, why: "look-up failed" });
  const forged = sign(await setUp({ random: seededRandom(1) }).verify(register));
  expect(await verify(forged.request)).toMatchObject({ status: 401, why: "nonce is not good" });
});

test("nonces do not repeat", async () => {
  const { verify } = setUp();
  const nonces = new Set<string>();
  for (let at = 0; at < 100; at++) nonces.add(responseOf(await verify(register)).headers.get("WWW-Authenticate") ?? "");
  expect(nonces.size).toBe(100);
});
