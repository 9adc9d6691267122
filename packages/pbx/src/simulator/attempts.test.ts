import { FakeClock, request } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { Attempts } from "./attempts.ts";

const invite = (from: string, uri: string) => request("INVITE", uri, { From: from });

test("the calling and the called number are the user parts of From and Request-URI, escapes decoded", () => {
  const attempts = new Attempts(new FakeClock(), 10);
  const read = attempts.read(invite('"A" <sip:%2B16185558387@x>;tag=1', "sip:+12025550123@y;transport=UDP"));
  expect(read).toEqual({ from: "+16185558387", to: "+12025550123", callsInLastSecond: 0 });
  expect(attempts.read(invite("<tel:+1618>;tag=1", "sip:y"))).toMatchObject({ from: "", to: "" });
});

test("calls are counted for a second, and no further than the rate", async () => {
  const clock = new FakeClock();
  const attempts = new Attempts(clock, 2);
  const count = () => attempts.read(invite("<sip:a@x>;tag=1", "sip:b@y")).callsInLastSecond;
  expect([count(), count(), count(), count()]).toEqual([0, 1, 2, 2]);
  await clock.advance(999);
  expect(count()).toBe(2);
  await clock.advance(1);
  expect(count()).toBe(0);
});
