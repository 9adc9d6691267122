import { onTestFinished } from "vitest";
import { relayInProcess } from "../src/index.ts";
import { KeyedBrowser, type SrtpProfile } from "./keyed-browser.ts";

/** A browser in a call with the echo, over real sockets of `address`; closed with the test. `port` is the leg's own. */
export async function echoCall(address: string, profile: SrtpProfile) {
  const connected = Promise.withResolvers<void>();
  const relay = relayInProcess({
    plain: { bind: address, ports: [10_000, 10_099] },
    browser: { hosts: [address], ports: [20_000, 20_099] },
  });
  const browser = new KeyedBrowser(profile, [address]);
  onTestFinished(async () => void (await Promise.all([relay.close(), browser.close()])));
  const session = await relay.open({ onConnected: () => connected.resolve() });
  const leg = await session.browserLeg();
  await browser.accept(await leg.answer(await browser.offer()));
  await Promise.all([connected.promise, browser.connected()]);
  await session.join(leg.id, (await session.sourceLeg({ kind: "echo" })).id);
  return { relay, browser, port: browser.remote.port };
}
