// Run in a process of its own: uses every kind of leg in one thread and across threads, closes, and must then end by itself.
import { relayInProcess, relayOnWorkers } from "../src/index.ts";
import { WeriftBrowser } from "./werift-browser.ts";

const network = process.argv[2] ?? "127.0.0.1";
const options = {
  plain: { bind: network, ports: [10_000, 10_999] },
  browser: { hosts: [network], ports: [20_000, 20_999] },
} as const;

for (const relay of [relayInProcess(options), await relayOnWorkers({ ...options, workers: 1 })]) {
  const connected = Promise.withResolvers<void>();
  const session = await relay.open({ onConnected: () => connected.resolve() });
  const [plain, abandoned] = [await session.plainLeg(), await session.browserLeg()];
  const browserLeg = await session.browserLeg();
  const tone = await session.sourceLeg({ kind: "tone", hz: [440] });
  await session.join(browserLeg.id, tone.id);
  const browser = new WeriftBrowser();
  await browser.accept(await browserLeg.answer(await browser.offer()));
  await abandoned.offer();
  await Promise.all([connected.promise, browser.connected(), browser.hearing(3)]);
  await session.join(plain.id, browserLeg.id);
  await browser.close();
  await relay.close();
}
process.stdout.write("closed\n");
