import { expect, test } from "vitest";
import { type DatagramNetwork, relayInProcess, systemDatagrams } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { frames } from "./memory-relay.ts";
import { WeriftBrowser } from "./werift-browser.ts";

const network = "127.48.0.1";

/** The machine's network, over which nothing comes while it is cut. */
function cuttableNetwork() {
  const state = { isCut: false, came: 0 };
  const datagrams: DatagramNetwork = {
    bind: (address, sink) =>
      systemDatagrams.bind(address, {
        ...sink,
        onDatagram: (bytes, from) => {
          state.came += 1;
          if (!state.isCut) sink.onDatagram(bytes, from);
        },
      }),
  };
  return { state, datagrams };
}

test("a browser that does not answer for 30 seconds is reported, hears nothing more, and comes back by an ICE restart", async () => {
  const clock = new FakeClock();
  const { state, datagrams } = cuttableNetwork();
  const relay = relayInProcess({
    plain: { bind: network, ports: [10_000, 10_099] },
    browser: { hosts: [network], ports: [20_000, 20_099] },
    clock,
    network: datagrams,
  });
  const told: string[] = [];
  const session = await relay.open({
    onConnected: () => told.push("connected"),
    onFailed: (_, why) => told.push(why),
  });
  const [leg, echo] = [await session.browserLeg(), await session.sourceLeg({ kind: "echo" })];
  await session.join(leg.id, echo.id);
  const browser = new WeriftBrowser();
  await browser.accept(await leg.answer(await browser.offer()));
  await browser.connected();
  await expect.poll(() => told).toEqual(["connected"]);
  // The browser answers what the leg asks: consent is kept as long as the network is.
  for (let minute = 0; minute < 12; minute += 1) {
    const before = state.came;
    await clock.advance(6000);
    await expect.poll(() => state.came).toBeGreaterThan(before);
  }
  expect(told).toEqual(["connected"]);
  state.isCut = true;
  await clock.advance(36_000);
  expect(told).toEqual(["connected", "consent lost: the browser has not answered for 30 seconds"]);
  state.isCut = false;
  browser.say(frames(1)[0]!);
  await expect.poll(async () => (await relay.counters()).refused).toMatchObject({ "peer-not-connected": 1 });
  await browser.accept(await leg.answer(await browser.offer("sendrecv", true)));
  await expect.poll(() => told, { timeout: 10_000 }).toEqual([...told.slice(0, 2), "connected"]);
  await expect.poll(() => browser.path).toBeDefined();
  const said = frames(10);
  for (const frame of said) browser.say(frame);
  await browser.hearing(10);
  expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
  await session.close();
  expect(await relay.counters()).toMatchObject({ handshakes: 0, legs: 0, timers: 0 });
  await Promise.all([relay.close(), browser.close()]);
});
