import { answerChallenge, headers, type SipRequest, type SipResponse, type Verdict } from "@trunkline/sip-stack";
import { FakeClock, seededRandom } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { userOf } from "../../test/fakes/config.ts";
import { deviceVerifier } from "./device-verifier.ts";

const source = { address: "10.0.0.1", port: 5060 };
const register: SipRequest = {
  kind: "request",
  method: "REGISTER",
  uri: "sip:trunkline",
  headers: headers([["CSeq", "1 REGISTER"]]),
  body: new Uint8Array(0),
};

function scene() {
  const ann = userOf("ann", { device: { username: "ann-phone", password: "right" } as never });
  const verifier = deviceVerifier({
    users: () => new Map([[ann.name, ann]]),
    clock: new FakeClock(),
    random: seededRandom(1),
    onRefused: () => {},
  });
  const verify = (request: SipRequest): Promise<Verdict> => verifier.verify(request, source);
  /** A request with this password, to be sent as often as one likes. */
  const guess = async (password: string): Promise<SipRequest> => {
    const verdict = await verify(register);
    if (verdict.ok) throw new Error("was admitted");
    const asked: SipResponse = {
      kind: "response",
      status: 401,
      reason: "",
      headers: headers(verdict.headers),
      body: register.body,
    };
    const signed = answerChallenge(asked, register, { username: "ann-phone", password }, seededRandom(2));
    if (!signed.ok) throw new Error(signed.why);
    return signed.value.request;
  };
  return { verify, guess };
}

test("the right password is admitted, and its request when repeated is challenged again", async () => {
  const { verify, guess } = scene();
  const right = await guess("right");
  expect(await verify(right)).toMatchObject({ ok: true });
  expect(await verify(right)).toMatchObject({ status: 401, why: "nonce count was used before" });
});

test("while a user is blocked a right guess gets the answer of a wrong one, however often it is repeated", async () => {
  const { verify, guess } = scene();
  for (let count = 0; count < 10; count += 1) await verify(await guess("wrong"));
  const [wrong, right] = [await guess("wrong"), await guess("right")];
  for (let count = 0; count < 3; count += 1) expect(await verify(right)).toEqual(await verify(wrong));
});
