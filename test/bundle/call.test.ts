import { expect, test } from "vitest";
import { callOf, hears, measure, microphone, ringback, voice } from "../e2e/browser/hears.ts";
import { share } from "../e2e/browser/shared.ts";

const shared = share(() => ({ program: "bundle" }), { microphone });

test("the bundle alone, outside the checkout, carries a call from the page to the echo and back", async () => {
  const phone = await shared.phone();
  await phone.call("+1 202 555 0123");
  await hears(callOf(phone), ringback, 400);
  await phone.waitForState("In call");
  expect(measure(await hears(callOf(phone), [voice.hz], 2000))).toEqual(voice);
  await phone.hangUp();
  expect(await phone.reason()).toBe("You hung up.");
});
