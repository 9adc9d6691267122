import { describe, expect, test } from "vitest";
import { parseMessage } from "werift";
import { relayOnWorkers } from "../src/index.ts";
import { systemRandom } from "../src/kernel/random.ts";
import { writeRequest } from "../src/stun/write.ts";
import { frames } from "./memory-relay.ts";
import { talking } from "./talking.ts";
import { openCall } from "./threaded-calls.ts";

const network = "127.42.1.1";
const options = {
  plain: { bind: network, ports: [10_000, 10_999] },
  browser: { hosts: [network], ports: [20_000, 20_999] },
} as const;

describe("a relay whose threads are lost", () => {
  test("a worker that crashes is reported, its legs have failed, the others go on and another takes its place", async () => {
    const gone = Promise.withResolvers<Error>();
    const failed: string[] = [];
    const media = new URL("./crashing-worker.ts", import.meta.url);
    const relay = await relayOnWorkers({ ...options, workers: 2, entries: { media }, onWorkerGone: gone.resolve });
    const doomed = await relay.open({ onFailed: (leg, why) => failed.push(`${leg} ${why}`) });
    const other = await relay.open({});
    const leg = await doomed.plainLeg();
    const asked = doomed.sourceLeg({ kind: "tone", hz: [666] });
    await expect(asked).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    expect((await gone.promise).message).toContain("told to die");
    expect(failed).toEqual([expect.stringContaining(leg.id)]);
    await expect(doomed.statistics()).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    await expect(doomed.close()).resolves.toBeUndefined();
    await other.plainLeg();
    expect(await relay.counters()).toMatchObject({ sessions: 1, legs: 1 });
    await relay.close();
  });

  test("while a worker crashes, the calls of the other go on byte for byte, and a splice between them is over", async () => {
    const gone = Promise.withResolvers<Error>();
    const media = new URL("./crashing-worker.ts", import.meta.url);
    const relay = await relayOnWorkers({ ...options, workers: 2, entries: { media }, onWorkerGone: gone.resolve });
    const [doomed, other] = [await relay.open({}), await relay.open({})];
    const [[alice, a], [bob, b], [carol, c]] = [
      await talking(other, network),
      await talking(other, network),
      await talking(other, network),
    ];
    const [dave, d] = await talking(doomed, network);
    await other.join(a.id, b.id);
    await relay.splice({ session: doomed, leg: d.id }, { session: other, leg: c.id });
    dave.say(frames(1)[0]!);
    await carol.hearing(1);
    expect(await relay.counters()).toMatchObject({ legs: 6 });
    const said = frames(200);
    let isOver = false;
    void gone.promise.then(() => {
      isOver = true;
    });
    doomed.sourceLeg({ kind: "tone", hz: [666] }).catch(() => {});
    for (let count = 0; count < said.length; count += 1) {
      alice.say(said[count]!);
      bob.say(said[count]!);
      await Promise.all([alice.hearing(count + 1), bob.hearing(count + 1)]);
      if (count === said.length / 2) await gone.promise;
    }
    expect(isOver).toBe(true);
    expect(bob.heard).toEqual(said);
    expect(alice.heard).toEqual(said);
    expect(await relay.counters()).toMatchObject({ sessions: 1, legs: 3, ports: 6 });
    await other.join(a.id, c.id);
    carol.say(said[0]!);
    await alice.hearing(201);
    for (const peer of [alice, bob, carol, dave]) peer.close();
    await relay.close();
  });

  test("a media worker that crashes takes its handshakes with it, and no others", async () => {
    const media = new URL("./crashing-worker.ts", import.meta.url);
    const relay = await relayOnWorkers({ ...options, workers: 2, entries: { media } });
    const [doomed, other] = [await openCall(relay), await openCall(relay)];
    await Promise.all([doomed.connect(), other.connect()]);
    expect(await relay.counters()).toMatchObject({ legs: 4, handshakes: 2 });
    await expect(doomed.session.sourceLeg({ kind: "tone", hz: [666] })).rejects.toMatchObject({
      code: "MEDIA_WORKER_GONE",
    });
    await expect.poll(async () => (await relay.counters()).handshakes).toBe(1);
    expect(doomed.failed).toHaveLength(2);
    await other.hears(5);
    await other.leg.answer(await other.browser.offer("inactive"));
    await Promise.all([relay.close(), doomed.browser.close(), other.browser.close()]);
  });

  describe("when the handshake thread crashes", () => {
    const handshakes = new URL("./crashing-handshakes.ts", import.meta.url);
    const open = async () => {
      const gone: string[] = [];
      const entries = { handshakes };
      const onWorkerGone = (cause: Error): number => gone.push(cause.message);
      const relay = await relayOnWorkers({ ...options, workers: 2, entries, onWorkerGone });
      const crash = async (): Promise<void> => {
        const { leg, browser } = await openCall(relay);
        const deadly = `${await browser.offer()}a=die\r\n`;
        await expect(leg.answer(deadly)).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
        await browser.close();
      };
      return { relay, gone, crash };
    };

    test("calls that are up keep their media and their consent; their descriptions are refused by a clear code", async () => {
      const { relay, gone, crash } = await open();
      const call = await openCall(relay);
      await call.connect();
      await call.hears(5);
      await crash();
      await expect.poll(() => gone).toEqual(["the handshake thread ended: the thread was told to die"]);
      await call.hears(20);
      const { fragment, password } = call.browser.relayUser;
      const asked = { username: `${fragment}:x`, role: "controlling", tieBreaker: 1n, password } as const;
      const answer = await call.browser.ask(writeRequest({ ...asked, transaction: systemRandom(12) }));
      expect(parseMessage(answer, Buffer.from(password))?.messageClass).toBe(0x100);
      await expect(call.leg.answer(await call.browser.offer("inactive"))).rejects.toMatchObject({
        code: "MEDIA_WORKER_GONE",
        message: expect.stringContaining("the handshake thread ended"),
      });
      expect(call.failed).toEqual([]);
      await call.session.close();
      await Promise.all([relay.close(), call.browser.close()]);
    });

    test("legs that were not connected yet have failed, once; another thread takes the next calls, and nothing is left", async () => {
      const { relay, crash } = await open();
      const [idle, offering] = [await openCall(relay), await openCall(relay)];
      await offering.leg.offer();
      await crash();
      for (const { failed } of [idle, offering])
        await expect.poll(() => failed).toEqual(["the handshake thread ended"]);
      await expect(idle.leg.offer()).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
      await Promise.all([idle.leg.close(), offering.session.close()]);
      const opens = async (): Promise<boolean> =>
        idle.session.browserLeg().then(
          (leg) => leg.close().then(() => true),
          () => false,
        );
      await expect.poll(opens, { timeout: 10_000, interval: 100 }).toBe(true);
      const next = await openCall(relay);
      await next.connect();
      await next.hears(5);
      await Promise.all([next.session.close(), idle.session.close()]);
      expect([idle.failed.length, offering.failed.length]).toEqual([1, 1]);
      await relay.close();
      for (const { browser } of [idle, offering, next]) await browser.close();
    });
  });

  test("a handshake thread that hangs is replaced; calls that are up go on, and the next ones are connected", {
    timeout: 40_000,
  }, async () => {
    const gone = Promise.withResolvers<Error>();
    const handshakes = new URL("./hanging-handshakes.ts", import.meta.url);
    const onWorkerGone = (cause: Error): void => gone.resolve(cause);
    const relay = await relayOnWorkers({ ...options, workers: 1, entries: { handshakes }, onWorkerGone });
    const [call, endless] = [await openCall(relay), await openCall(relay)];
    await call.connect();
    const answering = endless.leg.answer(`${await endless.browser.offer()}a=hang\r\n`);
    await Promise.all([
      expect(answering).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" }),
      expect(gone.promise).resolves.toMatchObject({ message: expect.stringContaining("no sign of life") }),
    ]);
    await call.hears(5);
    const connects = async (): Promise<boolean> => {
      const next = await openCall(relay);
      const isThrough = await next.connect().then(
        () => true,
        () => false,
      );
      await Promise.all([next.session.close(), next.browser.close()]);
      return isThrough;
    };
    await expect.poll(connects, { timeout: 10_000, interval: 200 }).toBe(true);
    await relay.close();
    await Promise.all([call.browser.close(), endless.browser.close()]);
  });

  test("media workers load no werift", async () => {
    const media = new URL("./worker-without-werift.ts", import.meta.url);
    const relay = await relayOnWorkers({ ...options, workers: 1, entries: { media } });
    const call = await openCall(relay);
    await call.connect();
    await call.hears(5);
    await Promise.all([relay.close(), call.browser.close()]);
  });

  test("a thread that cannot start is an error at once", async () => {
    const nothing = new URL("./no-such-file.ts", import.meta.url);
    for (const entries of [{ media: nothing }, { handshakes: nothing }]) {
      await expect(relayOnWorkers({ ...options, workers: 1, entries })).rejects.toMatchObject({
        code: "MEDIA_WORKER_GONE",
      });
    }
  });
});
