// Run in a process of its own: uses every kind of leg in one thread and across threads, some of them given up at each stage of
// their handshake, closes, and must then end by itself.
import { type MediaRelay, relayInProcess, relayOnWorkers } from "../src/index.ts";
import { WeriftBrowser } from "./werift-browser.ts";

const network = process.argv[2] ?? "127.0.0.1";
const options = {
  plain: { bind: network, ports: [10_000, 10_999] },
  browser: { hosts: [network], ports: [20_000, 20_999] },
} as const;

async function call(relay: MediaRelay): Promise<void> {
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
}

/** A leg that is closed so many milliseconds after its answer was asked for; `undefined`: before. */
async function giveUp(relay: MediaRelay, afterMs: number | undefined): Promise<void> {
  const session = await relay.open({});
  const leg = await session.browserLeg();
  const browser = new WeriftBrowser();
  if (afterMs === undefined) {
    await session.close();
    return browser.close();
  }
  const answering = leg.answer(await browser.offer()).then(
    (answer) => browser.accept(answer),
    () => {},
  );
  if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
  await session.close();
  await answering;
  await browser.close();
}

for (const relay of [relayInProcess(options), await relayOnWorkers({ ...options, workers: 1 })]) {
  await call(relay);
  // A handshake takes some 150 ms, more when there are many; near its end DTLS has begun and is not through.
  const stages = [undefined, ...Array.from({ length: 60 }, (_, step) => step * 5)];
  await Promise.all(stages.map((afterMs) => giveUp(relay, afterMs)));
  const { sessions, legs, handshakes } = await relay.counters();
  process.stdout.write(`${sessions} ${legs} ${handshakes}\n`);
  await relay.close();
}
process.stdout.write("closed\n");
