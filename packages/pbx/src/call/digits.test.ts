import { headers, type IncomingRequest, type SipRequest } from "@trunkline/sip-stack";
import { describe, expect, test } from "vitest";
import type { MediaLeg } from "../media/leg.ts";
import { answerKeyPress, keyPressIn } from "./digits.ts";

const info = (type: string, body: string, method = "INFO"): SipRequest => ({
  kind: "request",
  method,
  uri: "sip:ann@192.0.2.1",
  headers: headers([["Content-Type", type]]),
  body: new TextEncoder().encode(body),
});

describe("a key press in an INFO", () => {
  test.each([
    ["application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", { digit: "5", durationMs: 160 }],
    ["application/dtmf-relay; charset=utf-8", "Signal = #\nDuration = 250", { digit: "#", durationMs: 250 }],
    ["Application/DTMF-Relay", "Duration=100\r\nSignal=a", { digit: "A", durationMs: 100 }],
    ["application/dtmf-relay", "Signal=10", { digit: "*", durationMs: 160 }],
    ["application/dtmf-relay", "Signal=11", { digit: "#", durationMs: 160 }],
    ["application/dtmf", "7", { digit: "7", durationMs: 160 }],
    ["application/dtmf", " * \r\n", { digit: "*", durationMs: 160 }],
  ])("%s %j is %o", (type, body, press) => expect(keyPressIn(info(type, body))).toEqual(press));

  test.each([
    ["application/dtmf-relay", "Signal=E"],
    ["application/dtmf-relay", "Signal=55"],
    ["application/dtmf-relay", "5"],
    ["application/dtmf-relay", ""],
    ["application/dtmf", "12"],
    ["application/dtmf", "constructor"],
    ["application/dtmf", "__proto__"],
    ["application/dtmf", "toString"],
    ["application/sdp", "Signal=5"],
    ["text/plain", "5"],
  ])("%s %j is none", (type, body) => expect(keyPressIn(info(type, body))).toBeUndefined());
});

describe("what is asked within a call", () => {
  const asked = async (request: SipRequest, hearer?: Pick<MediaLeg, "id" | "session">): Promise<unknown> => {
    const answers: unknown[] = [];
    const incoming = { request, respond: (status: number) => answers.push(status) } as unknown as IncomingRequest;
    await answerKeyPress(incoming, hearer as MediaLeg | undefined);
    return answers;
  };
  const pressed: unknown[] = [];
  const hearerWho = (takes: boolean) =>
    ({
      id: "l1",
      session: { press: async (...press: unknown[]) => pressed.push(press) > 0 && takes },
    }) as unknown as MediaLeg;

  test("is pressed for whoever hears the one who asks, and answered by what came of it", async () => {
    const five = info("application/dtmf-relay", "Signal=5\r\nDuration=99999\r\n");
    expect(await asked(five, hearerWho(true))).toEqual([200]);
    expect(pressed).toEqual([["l1", "5", 99_999]]);
    expect(await asked(five, hearerWho(false))).toEqual([488]);
    expect(await asked(five)).toEqual([488]);
  });

  test("is answered by its kind where it is no key: a sign of life, a body that is not known, a method that is not", async () => {
    expect(await asked(info("application/dtmf", ""), hearerWho(true))).toEqual([200]);
    expect(await asked(info("application/broadsoft", "event flashhook"), hearerWho(true))).toEqual([415]);
    expect(await asked(info("text/plain", "hello", "MESSAGE"), hearerWho(true))).toEqual([501]);
  });
});
