import { expect, test } from "vitest";
import { headers } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { request } from "../testing/request.ts";
import { answerChallenge, type Signed, signRequest } from "./answer.ts";
import { readDigestFields } from "./fields.ts";

const credentials = { username: "alice", password: "secret" };
const random = (length: number) => new Uint8Array(length).fill(0xab);
const register = request("REGISTER", "sip:example.org");

function challenged(status: number, ...values: readonly string[]): SipResponse {
  const name = status === 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
  const fields = headers(values.map((value) => [name, value]));
  return { kind: "response", status, reason: "Challenge", headers: fields, body: new Uint8Array(0) };
}

function answered(response: SipResponse, first: SipRequest = register): Signed {
  const outcome = answerChallenge(response, first, credentials, random);
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
}

function answerIn({ request: signed }: Signed, header = "Authorization"): Record<string, string> {
  const fields = readDigestFields(signed.headers.get(header) ?? "");
  return fields.ok ? Object.fromEntries(fields.value) : {};
}

test("a 401 is answered: the bytes of the header, the next CSeq, the same Call-ID, no Via", () => {
  const { request: again } = answered(
    challenged(401, 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth", opaque="o"'),
  );
  expect(again.headers.get("Authorization")).toBe(
    'Digest username="alice", realm="r", nonce="n", uri="sip:example.org", ' +
      `response="43da6ad518736cad659fd70756b84097", algorithm=MD5, opaque="o", qop=auth, nc=00000001, cnonce="${"ab".repeat(16)}"`,
  );
  expect(again.headers.get("CSeq")).toBe("2 REGISTER");
  expect(again.headers.get("Call-ID")).toBe(register.headers.get("Call-ID"));
  expect(again.headers.has("Via")).toBe(false);
});

test("a 407 is answered in Proxy-Authorization and leaves an Authorization alone", () => {
  const first = { ...register, headers: register.headers.plus("Authorization", "Digest of the server") };
  const { request: again } = answered(challenged(407, 'Digest realm="r", nonce="n", qop="auth"'), first);
  expect(answerIn({ request: again } as Signed, "Proxy-Authorization").nonce).toBe("n");
  expect(again.headers.get("Authorization")).toBe("Digest of the server");
});

test("of several challenges the strongest known is answered, whatever their order and beside unknown ones", () => {
  const signed = answered(
    challenged(
      401,
      'Basic realm="r"',
      'Digest realm="r", nonce="weak", algorithm=MD5, qop="auth"',
      'Digest realm="r", nonce="future", algorithm=SHA3-512, qop="auth"',
      'digest  realm="r" , nonce="strong", algorithm=sha-256, QOP="auth-int, auth"',
    ),
  );
  expect(answerIn(signed)).toMatchObject({ nonce: "strong", algorithm: "SHA-256" });
  expect(answerIn(signed).response).toHaveLength(64);
});

test("a challenge without qop and algorithm gets the older form", () => {
  const fields = answerIn(answered(challenged(401, 'Digest realm="r", nonce="n"')));
  expect(Object.keys(fields)).toEqual(["username", "realm", "nonce", "uri", "response"]);
});

test("quotes and backslashes in names survive", () => {
  const fields = answerIn(answered(challenged(401, String.raw`Digest realm="a \"b\", c\\", nonce="n", qop="auth"`)));
  expect(fields.realm).toBe(String.raw`a "b", c\ `.trim());
});

test("a second refusal of the same credentials ends it, a stale nonce does not", () => {
  const first = answered(challenged(401, 'Digest realm="r", nonce="1", qop="auth"'));
  const refused = challenged(401, 'Digest realm="r", nonce="2", qop="auth"');
  expect(answerChallenge(refused, first.request, credentials, random)).toMatchObject({ ok: false });
  const stale = challenged(401, 'Digest realm="r", nonce="2", qop="auth", stale=TRUE');
  const second = answered(stale, first.request);
  expect(answerIn(second)).toMatchObject({ nonce: "2", nc: "00000001" });
  expect(second.request.headers.get("CSeq")).toBe("3 REGISTER");
  expect(second.request.headers.all("Authorization")).toHaveLength(1);
});

test.each([
  ["a response that asks nothing", challenged(403)],
  ["a 401 without a challenge", challenged(401)],
  ["an algorithm that is not known", challenged(401, 'Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth"')],
  ["only auth-int", challenged(401, 'Digest realm="r", nonce="n", qop="auth-int"')],
  ["a challenge without a nonce", challenged(401, 'Digest realm="r", qop="auth"')],
  ["a field that comes twice", challenged(401, 'Digest realm="r", nonce="n", nonce="m", qop="auth"')],
  [
    "a hundred fields",
    challenged(401, `Digest realm="r", nonce="n", ${Array.from({ length: 100 }, (_, at) => `x${at}=1`)}`),
  ],
])("%s is not answered", (_, response) => {
  expect(answerChallenge(response, register, credentials, random)).toMatchObject({ ok: false });
});

test("a later request is signed with the next count and keeps its CSeq", () => {
  const first = answered(challenged(401, 'Digest realm="r", nonce="n", qop="auth"'));
  const second = signRequest(register, first.session, random);
  expect(answerIn(second)).toMatchObject({ nonce: "n", nc: "00000002" });
  expect(second.request.headers.get("CSeq")).toBe("1 REGISTER");
  expect(answerIn(second).response).not.toBe(answerIn(first).response);
});

test("a signed request whose nonce is refused without a word of stale is answered once more, and then no more", () => {
  const first = answered(challenged(401, 'Digest realm="r", nonce="1", qop="auth"'));
  const refresh = signRequest(register, first.session, random);
  const again = answered(challenged(401, 'Digest realm="r", nonce="2", qop="auth"'), refresh.request);
  expect(answerIn(again)).toMatchObject({ nonce: "2", nc: "00000001" });
  const refused = challenged(401, 'Digest realm="r", nonce="3", qop="auth"');
  expect(answerChallenge(refused, again.request, credentials, random)).toMatchObject({ ok: false });
});

test("an answer for one realm leaves those for others, and a refusal of one is not taken for a refusal of all", () => {
  const near = answered(challenged(407, 'Digest realm="near", nonce="1", qop="auth"'));
  const both = answered(challenged(407, 'Digest realm="far", nonce="2", qop="auth"'), near.request);
  const realms = both.request.headers.all("Proxy-Authorization").map((value) => readDigestFields(value));
  expect(realms.map((fields) => fields.ok && fields.value.get("realm")).toSorted()).toEqual(["far", "near"]);
  const refused = challenged(407, 'Digest realm="near", nonce="3", qop="auth"');
  expect(answerChallenge(refused, both.request, credentials, random)).toMatchObject({ ok: false });
});
