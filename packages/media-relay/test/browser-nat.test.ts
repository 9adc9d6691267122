import { expect, test } from "vitest";
import { relayInProcess } from "../src/index.ts";
import { frames } from "./memory-relay.ts";
import { WeriftBrowser } from "./werift-browser.ts";

const [inside, outside] = ["127.49.0.1", "198.51.100.204"];

test.each(["the browser offers", "the relay offers"])(
  "behind a 1:1 NAT the public address alone is offered, and the socket is bound to the private one: %s",
  async (who) => {
    const relay = relayInProcess({
      plain: { bind: inside, ports: [10_000, 10_099] },
      browser: { hosts: [outside], bind: inside, ports: [20_000, 20_003] },
    });
    const connected = Promise.withResolvers<void>();
    const session = await relay.open({ onConnected: () => connected.resolve() });
    const [leg, echo] = [await session.browserLeg(), await session.sourceLeg({ kind: "echo" })];
    await session.join(leg.id, echo.id);
    const browser = new WeriftBrowser();
    const isOffering = who === "the relay offers";
    const sdp = isOffering ? await leg.offer() : await leg.answer(await browser.offer());
    const candidates = sdp.match(/^a=candidate:.*$/gm)?.map((line) => line.split(" ").slice(4, 8).join(" "));
    expect(candidates).toEqual([expect.stringMatching(/^198\.51\.100\.204 2000[0-3] typ host$/)]);
    expect(sdp).not.toContain(inside);
    const translated = sdp.replaceAll(outside, inside);
    if (isOffering) await leg.accept(await browser.answer(translated));
    else await browser.accept(translated);
    await Promise.all([connected.promise, browser.connected()]);
    for (const frame of frames(5)) browser.say(frame);
    await browser.hearing(5);
    await Promise.all([relay.close(), browser.close()]);
  },
);
