import type { MediaRelay } from "../src/index.ts";
import { frames } from "./memory-relay.ts";
import { WeriftBrowser } from "./werift-browser.ts";

/** A browser's call to an echo. */
export async function openCall(relay: MediaRelay) {
  const failed: string[] = [];
  const connected = Promise.withResolvers<void>();
  const session = await relay.open({ onConnected: () => connected.resolve(), onFailed: (_, why) => failed.push(why) });
  const leg = await session.browserLeg();
  const echo = await session.sourceLeg({ kind: "echo" });
  await session.join(leg.id, echo.id);
  const browser = new WeriftBrowser();
  const connect = async (): Promise<void> => {
    await browser.accept(await leg.answer(await browser.offer()));
    await Promise.all([connected.promise, browser.connected()]);
  };
  const hears = async (count: number): Promise<void> => {
    const before = browser.heard.length;
    for (const frame of frames(count)) browser.say(frame);
    await browser.hearing(before + count);
  };
  return { session, leg, browser, failed, connect, hears };
}
