import { expect, onTestFinished, test } from "vitest";
import { type Address, type DatagramSocket, relayInProcess, systemDatagrams } from "../src/index.ts";
import { mostKnownSources } from "../src/leg/known-sources.ts";
import { frames } from "./memory-relay.ts";
import { WeriftBrowser } from "./werift-browser.ts";

const network = "127.49.1.1";
const nobody = { onDatagram: () => {}, onError: () => {} };

/** A relay with a browser leg that is joined to an echo, and what was reported. */
async function scene() {
  const relay = relayInProcess({
    plain: { bind: network, ports: [10_000, 10_099] },
    browser: { hosts: [network], ports: [20_000, 20_099] },
  });
  const browser = new WeriftBrowser(["127.0.0.1"]);
  onTestFinished(async () => void (await Promise.all([relay.close(), browser.close()])));
  const told: string[] = [];
  const session = await relay.open({
    onConnected: () => told.push("connected"),
    onFailed: (_, why) => told.push(why),
  });
  const [leg, echo] = [await session.browserLeg(), await session.sourceLeg({ kind: "echo" })];
  await session.join(leg.id, echo.id);
  return { relay, browser, leg, told };
}

/** A NAT between a browser and the relay, whose outer port can change. */
async function nat(target: Address) {
  let outer: DatagramSocket;
  let browser: Address | undefined;
  const inner = await systemDatagrams.bind(
    { address: network, port: 0 },
    {
      ...nobody,
      onDatagram: (bytes, { address, port }) => {
        browser = { address, port };
        outer.send(bytes, target);
      },
    },
  );
  const open = () =>
    systemDatagrams.bind(
      { address: network, port: 0 },
      { ...nobody, onDatagram: (bytes) => browser && inner.send(bytes, browser) },
    );
  outer = await open();
  onTestFinished(() => {
    inner.close();
    outer.close();
  });
  const rebind = async (): Promise<void> => {
    outer.close();
    outer = await open();
  };
  return { inner: inner.local, rebind };
}

/** The description, with its candidate behind a NAT. */
async function behindNat(sdp: string) {
  const [, host = "", port = ""] = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/m.exec(sdp)!;
  const box = await nat({ address: host, port: Number(port) });
  return { box, sdp: sdp.replaceAll(`${host} ${port} typ`, `${network} ${box.inner.port} typ`) };
}

test.each(["the browser offers", "the relay offers"])(
  "a browser whose NAT changes its mapping in a call is heard and hears on: %s",
  async (who) => {
    const { browser, leg, told } = await scene();
    const isOffering = who === "the relay offers";
    const { box, sdp } = await behindNat(isOffering ? await leg.offer() : await leg.answer(await browser.offer()));
    if (isOffering) await leg.accept(await browser.answer(sdp));
    else await browser.accept(sdp);
    await browser.connected();
    await expect.poll(() => told).toEqual(["connected"]);
    for (const frame of frames(5)) browser.say(frame);
    await browser.hearing(5);
    await box.rebind();
    await browser.check();
    await expect
      .poll(() => {
        browser.say(frames(1)[0]!);
        return browser.heard.length;
      })
      .toBeGreaterThan(8);
    expect(told).toEqual(["connected"]);
  },
);

test("a browser is heard from one more place after checks of its own came from too many", async () => {
  const { relay, browser, leg, told } = await scene();
  await browser.accept(await leg.answer(await browser.offer()));
  await browser.connected();
  await expect.poll(() => told).toEqual(["connected"]);
  const [address = "", port = 0] = browser.path.remoteAddr;
  for (let place = 0; place < mostKnownSources + 6; place += 1) {
    const socket = await systemDatagrams.bind({ address: "127.0.0.1", port: 0 }, nobody);
    onTestFinished(() => socket.close());
    socket.send(browser.checkBytes(), { address, port });
  }
  await expect.poll(async () => (await relay.counters()).refused["too-many-sources"]).toBeGreaterThan(5);
  await browser.leave();
  await browser.accept(await leg.answer(await browser.offer("sendrecv", true)));
  await expect.poll(() => browser.path, { timeout: 10_000 }).toBeDefined();
  await expect
    .poll(() => {
      browser.say(frames(1)[0]!);
      return browser.heard.length;
    })
    .toBeGreaterThan(3);
});
