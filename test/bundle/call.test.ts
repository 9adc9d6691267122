import { expect, onTestFinished, test } from "vitest";
import { intervalsOf } from "../harness/audio/intervals.ts";
import { usualLevelAt } from "../harness/audio/level.ts";
import { between, makeSound } from "../harness/audio/sound.ts";
import { openChromium } from "../harness/browser/chromium.ts";
import { recordingsOf } from "../harness/browser/page.ts";
import { phoneOn } from "../harness/browser/phone.ts";
import { startServer } from "../harness/server/server.ts";

const tone = 1004;
const levelDbfs = -20;

test("the bundle alone, outside the checkout, carries a call from the page to the echo and back", async () => {
  const server = await startServer({ program: "bundle" });
  onTestFinished(async () => void (await server.stop()));
  const browser = await openChromium({ microphone: makeSound([{ seconds: 5, hz: [tone], levelDbfs }]) });
  onTestFinished(() => browser.close());
  const phone = phoneOn(await browser.context.newPage());

  await phone.goOnline(server.url);
  await phone.call("+1 202 555 0123");
  await phone.waitForState("In call 0:03");
  const [heard] = await recordingsOf(phone.page);
  await phone.hangUp();
  expect(await phone.reason()).toBe("You hung up.");

  const [ringback] = intervalsOf(heard!, { hz: [440, 480] });
  expect(ringback!.toMs - ringback!.fromMs).toBeGreaterThan(700);
  const echo = between(heard!, ringback!.toMs + 1000, ringback!.toMs + 2000);
  expect(Math.abs(usualLevelAt(echo, tone) - levelDbfs)).toBeLessThan(2);

  const status = await server.command("status", "--json");
  expect(status.status, status.stderr).toBe(0);
  expect(await server.stop()).toBe(0);
});
