import { expect, test } from "vitest";
import { headers } from "../message/headers.ts";
import type { SipResponse } from "../message/message.ts";
import { request } from "../testing/request.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { Signer } from "./signer.ts";

const register = request("REGISTER", "sip:pbx");
const credentials = { username: "alice", password: "wonderland" };

function challenge(realm: string, status: 401 | 407 = 401): SipResponse {
  const name = status === 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
  const fields = headers([[name, `Digest realm="${realm}", nonce="n", qop="auth"`]]);
  return { kind: "response", status, reason: "", headers: fields, body: new Uint8Array(0) };
}

test("without credentials, and without a challenge, a request stays as it is", () => {
  const stranger = new Signer(undefined, seededRandom(1));
  expect(stranger.answer(challenge("pbx"), register)).toBeUndefined();
  expect(stranger.sign(register)).toBe(register);
  expect(new Signer(credentials, seededRandom(1)).sign(register)).toBe(register);
});

test("a peer that asks for a new realm each time is answered, and only the last four are remembered", () => {
  const signer = new Signer(credentials, seededRandom(1));
  for (let at = 0; at < 10; at++) expect(signer.answer(challenge(`realm-${at}`), register)).toBeDefined();
  const realms = signer
    .sign(register)
    .headers.written("Authorization")
    .map((value) => /realm="([^"]+)/.exec(value)?.[1]);
  expect(realms.toSorted()).toEqual(["realm-6", "realm-7", "realm-8", "realm-9"]);
});

test("the same realm in both roles is two, and a refusal of an answer forgets all", () => {
  const signer = new Signer(credentials, seededRandom(1));
  signer.answer(challenge("pbx", 407), register);
  const answered = signer.answer(challenge("pbx"), register);
  expect(answered?.headers.has("Proxy-Authorization")).toBe(true);
  expect(answered?.headers.has("Authorization")).toBe(true);
  expect(answered && signer.answer(challenge("pbx"), answered)).toBeUndefined();
  expect(signer.sign(register)).toBe(register);
});
