import { expect, test } from "vitest";
import { readSession } from "./session.ts";

const body = {
  user: "local",
  name: "You",
  sipUri: "sip:local@trunkline.invalid",
  callerId: "+12025550100",
  country: "US",
  mode: "loopback",
  version: "0.1.0",
  signedIn: false,
  passkeys: false,
  iceServers: [],
};

test("a session is read", () => {
  expect(readSession(body)).toMatchObject({ ok: true, value: { name: "You", mode: "loopback" } });
});

test.each([
  [null, "not an object"],
  ["text", "not an object"],
  [{ ...body, name: 5 }, "name is not a text"],
  [{ ...body, sipUri: "local" }, "sipUri is not a SIP URI"],
  [{ ...body, signedIn: "yes" }, "signedIn is neither true nor false"],
  [{ ...body, mode: "test" }, "mode is unknown"],
  [{ ...body, iceServers: {} }, "iceServers is not a list"],
])("a faulty session is not: %#", (faulty, why) => {
  expect(readSession(faulty)).toMatchObject({ ok: false, why });
});
