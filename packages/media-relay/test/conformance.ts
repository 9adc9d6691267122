import { expect, test } from "vitest";
import { parseMessage, type StunProtocol } from "werift";
import {
  freshMaster,
  type LegStatistics,
  type MediaRelay,
  pcmuAnnouncement,
  type SessionUser,
  systemDatagrams,
} from "../src/index.ts";
import { systemRandom } from "../src/kernel/random.ts";
import { writeRequest } from "../src/stun/write.ts";
import { decodePcmu, digitOf, levelOfHz, RtpPeer, readCompound, rtp, telephoneEvent } from "../src/testing/index.ts";
import { frames, listening, type Told } from "./memory-relay.ts";
import { mirrored, SecuredNetwork } from "./secured-network.ts";
import { talkAtOnce, talking } from "./talking.ts";
import { WeriftBrowser, withAnotherCertificate } from "./werift-browser.ts";

/** What a relay is to a test: how to open one, on which loopback network. */
export type Candidate = { readonly network: string; open(): Promise<MediaRelay> };

/** A user that keeps what it is told and can be waited for. */
function attentive() {
  const told: Told = [];
  const waiting: { readonly event: string; readonly done: (what: unknown) => void }[] = [];
  const heard = (): void => {
    for (const { event, done } of waiting) {
      const found = told.find((one) => one.event === event);
      if (found !== undefined) done(found.what);
    }
  };
  const keep = listening(told);
  const user: SessionUser = {
    onConnected: (leg) => [keep.onConnected?.(leg), heard()],
    onFailed: (leg, why) => [keep.onFailed?.(leg, why), heard()],
    onDigit: (leg, digit, durationMs) => [keep.onDigit?.(leg, digit, durationMs), heard()],
    onPlayed: (leg) => [keep.onPlayed?.(leg), heard()],
    onSilence: (leg, silent) => [keep.onSilence?.(leg, silent), heard()],
    onHeard: (leg) => [keep.onHeard?.(leg), heard()],
  };
  const hearing = (event: string): Promise<unknown> =>
    new Promise((done) => {
      waiting.push({ event, done });
      heard();
    });
  return { told, user, hearing };
}

/** A session with a browser leg, an echo and a browser. */
async function openCall(open: Candidate["open"]) {
  const relay = await open();
  const { told, user, hearing } = attentive();
  const session = await relay.open(user);
  const [leg, echo] = [await session.browserLeg(), await session.sourceLeg({ kind: "echo" })];
  return { relay, session, leg, echo, browser: new WeriftBrowser(), told, hearing };
}

/** Every relay, in one thread or across threads, does this over real sockets. */
export function conformance({ network, open }: Candidate): void {
  test("two plain legs: payloads byte for byte both ways, key presses, statistics, nothing left", async () => {
    const relay = await open();
    const { user, hearing } = attentive();
    const session = await relay.open(user);
    const [a, b] = [await session.plainLeg(), await session.plainLeg()];
    const [alice, bob] = await Promise.all([
      RtpPeer.bind(systemDatagrams, network),
      RtpPeer.bind(systemDatagrams, network),
    ]);
    alice.aim(a.local);
    bob.aim(b.local);
    await Promise.all([a.connect(alice.remote()), b.connect(bob.remote()), session.join(a.id, b.id)]);
    const said = frames(100);
    for (const frame of said) {
      alice.say(frame);
      bob.say(frame);
    }
    await Promise.all([alice.hearing(100), bob.hearing(100)]);
    expect(bob.heard).toEqual(said);
    expect(alice.heard).toEqual(said);
    alice.press("#", 120);
    expect(await hearing("digit")).toEqual(["#", 120]);
    await bob.hearing(108);
    const [ofA] = await session.statistics();
    expect(ofA).toMatchObject({
      leg: a.id,
      kind: "plain",
      received: { packets: 108, lost: 0 },
      sent: { packets: 100 },
    });
    await session.close();
    expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, timers: 0, packets: 208 });
    await expect
      .poll(() => alice.received.reports.map(readCompound), { timeout: 10_000 })
      .toMatchObject([{ value: { byes: [expect.any(Number)] } }]);
    alice.close();
    bob.close();
    await relay.close();
  });

  test("statistics come to whoever listens, once a second and of each leg once more when it is closed", async () => {
    const relay = await open();
    const measured = Promise.withResolvers<readonly LegStatistics[]>();
    const closed: LegStatistics[] = [];
    const session = await relay.open({ onStatistics: measured.resolve, onClosed: (last) => closed.push(last) });
    const silent = await relay.open({});
    const [leg, other] = [await session.plainLeg(), await silent.plainLeg()];
    const tone = await session.sourceLeg({ kind: "tone", hz: [440] });
    const peer = await RtpPeer.bind(systemDatagrams, network);
    await leg.connect(peer.remote());
    await session.join(leg.id, tone.id);
    await peer.hearing(20);
    const [ofLeg, ofTone] = await measured.promise;
    expect(ofLeg).toMatchObject({ leg: leg.id, kind: "plain", received: { packets: 0 } });
    expect(ofTone!.received.packets).toBeGreaterThan(0);
    await session.expectMedia();
    await tone.close();
    expect(closed).toMatchObject([{ leg: tone.id, kind: "source" }]);
    await Promise.all([session.close(), session.close(), leg.close()]);
    expect(closed.slice(1)).toMatchObject([{ leg: leg.id, sent: { packets: closed[0]!.received.packets } }]);
    await expect(session.expectMedia()).rejects.toMatchObject({ code: "MEDIA_SESSION_CLOSED" });
    await other.close();
    peer.close();
    await relay.close();
  });

  test("a key is pressed for a peer, and the end of a silence is told", async () => {
    const relay = await open();
    const { user, hearing } = attentive();
    const session = await relay.open(user);
    const leg = await session.plainLeg();
    const peer = await RtpPeer.bind(systemDatagrams, network);
    peer.aim(leg.local);
    await leg.connect(peer.remote());
    expect(await session.press(leg.id, "8", 60)).toBe(true);
    expect(await session.press(leg.id, "X", 60)).toBe(false);
    await peer.hearing(5);
    expect(peer.received.packets.map((packet) => digitOf(telephoneEvent.event(packet))).join("")).toBe("88888");
    await hearing("silence");
    peer.say(frames(1)[0]!);
    await hearing("heard");
    peer.close();
    await relay.close();
  });

  test("echo and tone are heard", async () => {
    const relay = await open();
    const session = await relay.open({});
    const leg = await session.plainLeg();
    const peer = await RtpPeer.bind(systemDatagrams, network);
    peer.aim(leg.local);
    await leg.connect(peer.remote());
    const echo = await session.sourceLeg({ kind: "echo" });
    await session.join(leg.id, echo.id);
    for (const frame of frames(10)) peer.say(frame);
    await peer.hearing(10);
    expect(peer.heard).toEqual(frames(10));
    await session.join(leg.id, (await session.sourceLeg({ kind: "tone", hz: [425] })).id);
    await peer.hearing(30);
    const samples = decodePcmu(Uint8Array.from(peer.heard.slice(10, 30).flatMap((payload) => [...payload])));
    expect(levelOfHz(samples, 425)).toBeCloseTo(-20, 0);
    expect(new Set(peer.received.packets.map(rtp.ssrc)).size).toBe(1);
    peer.close();
    await relay.close();
  });

  test("legs of two sessions are spliced: payloads byte for byte, keys told where they were pressed, and it can be undone", async () => {
    const relay = await open();
    const [ofAlice, ofBob] = [attentive(), attentive()];
    const [one, other] = [await relay.open(ofAlice.user), await relay.open(ofBob.user)];
    const [[alice, a], [bob, b]] = [await talking(one, network), await talking(other, network)];
    const splice = await relay.splice({ session: one, leg: a.id }, { session: other, leg: b.id });
    const said = frames(100);
    await talkAtOnce(alice, bob, said);
    expect(bob.heard).toEqual(said);
    expect(alice.heard).toEqual(said);
    alice.press("7", 120);
    expect(await ofAlice.hearing("digit")).toEqual(["7", 120]);
    await bob.hearing(108);
    expect(ofBob.told.filter(({ event }) => event === "digit")).toEqual([]);
    expect((await one.statistics()).map(({ leg }) => leg)).toEqual([a.id]);
    expect((await other.statistics()).map(({ leg }) => leg)).toEqual([b.id]);
    await splice.close();
    await splice.close();
    expect(await relay.counters()).toMatchObject({ legs: 2, ports: 4, refused: {} });
    await one.join(a.id, (await one.sourceLeg({ kind: "echo" })).id);
    alice.say(said[0]!);
    await alice.hearing(101);
    expect(alice.heard.at(-1)).toEqual(said[0]);
    expect(bob.received.packets).toHaveLength(108);
    alice.close();
    bob.close();
    await relay.close();
  });

  test("a splice is over when one of its legs is joined elsewhere, parted or closed, or its session is", async () => {
    const relay = await open();
    const other = await relay.open({});
    const [bob, b] = await talking(other, network);
    const echo = await other.sourceLeg({ kind: "echo" });
    for (const [index, end] of ["join", "part", "close", "close all"].entries()) {
      const one = await relay.open({});
      const [a, c] = [await one.plainLeg(), await one.plainLeg()];
      await relay.splice({ session: one, leg: a.id }, { session: other, leg: b.id });
      if (end === "join") await one.join(c.id, a.id);
      else if (end === "part") await one.part(a.id);
      else if (end === "close") await a.close();
      else await one.close();
      const legsOfOne = { close: 1, "close all": 0 }[end] ?? 2;
      expect(await relay.counters()).toMatchObject({ legs: 2 + legsOfOne, ports: 2 + 2 * legsOfOne });
      await other.join(b.id, echo.id);
      bob.say(frames(1)[0]!);
      await bob.hearing(index + 1);
      await one.close();
    }
    bob.close();
    await relay.close();
  });

  test("a splice of a leg that is spliced already takes its place", async () => {
    const relay = await open();
    const [one, two, three] = [await relay.open({}), await relay.open({}), await relay.open({})];
    const [[alice, a], [bob, b]] = [await talking(one, network), await talking(two, network)];
    const [carol, c] = await talking(three, network);
    const first = await relay.splice({ session: one, leg: a.id }, { session: two, leg: b.id });
    alice.say(frames(1)[0]!);
    await bob.hearing(1);
    await relay.splice({ session: one, leg: a.id }, { session: three, leg: c.id });
    await first.close();
    alice.say(frames(1)[0]!);
    carol.say(frames(1)[0]!);
    await Promise.all([carol.hearing(1), alice.hearing(1)]);
    expect(bob.received.packets).toHaveLength(1);
    for (const peer of [alice, bob, carol]) peer.close();
    await relay.close();
  });

  test("what cannot be spliced is refused by its code and leaves nothing", async () => {
    const relay = await open();
    const [one, other] = [await relay.open({}), await relay.open({})];
    const [a, b] = [await one.plainLeg(), await other.plainLeg()];
    await b.close();
    const asked = relay.splice({ session: one, leg: a.id }, { session: other, leg: b.id });
    await expect(asked).rejects.toMatchObject({ code: "MEDIA_LEG_UNKNOWN" });
    expect(await relay.counters()).toMatchObject({ legs: 1, ports: 2 });
    await other.close();
    await expect(relay.splice({ session: one, leg: a.id }, { session: other, leg: b.id })).rejects.toMatchObject({
      code: "MEDIA_SESSION_CLOSED",
    });
    await relay.close();
  });

  test("an encrypted leg: payloads byte for byte both ways, with the keys that were agreed", async () => {
    const relay = await open();
    const session = await relay.open({});
    const [[bob, b], a] = [await talking(session, network), await session.plainLeg()];
    const profile = "AES_CM_128_HMAC_SHA1_80";
    const srtp = { profile, local: freshMaster(profile), remote: freshMaster(profile) } as const;
    const alice = await RtpPeer.bind(new SecuredNetwork(systemDatagrams, mirrored(srtp)), network);
    alice.aim(a.local);
    await a.connect(alice.remote({ srtp }));
    await session.join(a.id, b.id);
    await talkAtOnce(alice, bob, frames(20));
    expect([alice.heard, bob.heard]).toEqual([frames(20), frames(20)]);
    expect(await relay.counters()).toMatchObject({ refused: {} });
    alice.close();
    bob.close();
    await relay.close();
  });

  test("one announcement is heard by two at once, octet for octet, and its end is reported to both", async () => {
    const relay = await open();
    const said = frames(10);
    const announcement = pcmuAnnouncement(Uint8Array.from(said.flatMap((frame) => [...frame])));
    const listen = async (): Promise<RtpPeer> => {
      const { user, hearing } = attentive();
      const session = await relay.open(user);
      const [peer, leg] = await talking(session, network);
      await session.join(leg.id, (await session.sourceLeg({ kind: "player", announcement })).id);
      await hearing("played");
      return peer;
    };
    for (const peer of await Promise.all([listen(), listen()])) {
      await peer.hearing(10);
      expect(peer.heard).toEqual(said);
      peer.close();
    }
    await relay.close();
  });

  test.each(["the browser offers", "the relay offers"])(
    "a browser leg when %s: audio and keys both ways",
    async (who) => {
      const relay = await open();
      const { user, hearing } = attentive();
      const session = await relay.open(user);
      const [browserLeg, plainLeg] = [await session.browserLeg(), await session.plainLeg()];
      const browser = new WeriftBrowser();
      const peer = await RtpPeer.bind(systemDatagrams, network);
      peer.aim(plainLeg.local);
      await plainLeg.connect(peer.remote());
      await session.join(browserLeg.id, plainLeg.id);
      if (who === "the browser offers") await browser.accept(await browserLeg.answer(await browser.offer()));
      else await browserLeg.accept(await browser.answer(await browserLeg.offer()));
      await Promise.all([hearing("connected"), browser.connected()]);
      const keyType = who === "the browser offers" ? 126 : 101;
      const said = frames(50);
      for (const frame of said) {
        browser.say(frame);
        peer.say(frame);
      }
      await Promise.all([browser.hearing(50), peer.hearing(50)]);
      expect(peer.heard).toEqual(said);
      expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
      expect(new Set(browser.heard.map(({ payloadType }) => payloadType))).toEqual(new Set([0]));
      browser.press("4", 200, keyType);
      expect(await hearing("digit")).toEqual(["4", 200]);
      await peer.hearing(62);
      const keys = peer.received.packets.slice(50);
      expect(keys.map(rtp.payloadType)).toEqual(keys.map(() => 101));
      expect(telephoneEvent.durationTicks(keys.at(-1)!)).toBe(1600);
      peer.press("5", 100);
      await browser.hearing(57);
      expect(browser.heard.slice(50).map(({ payloadType }) => payloadType)).toEqual(Array(7).fill(keyType));
      const statistics = await session.statistics();
      expect(statistics[0]).toMatchObject({
        kind: "browser",
        received: { packets: 62, lost: 0 },
        sent: { packets: 57 },
      });
      await Promise.all([session.close(), browser.close()]);
      peer.close();
      expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, timers: 0, refused: {} });
      await relay.close();
    },
  );

  test.each([
    ["inactive", "inactive"],
    ["sendonly", "recvonly"],
  ] as const)(
    "a browser's hold (%s) stops what is sent to it, and the stream goes on without a gap",
    async (hold, ours) => {
      const relay = await open();
      const { user, hearing } = attentive();
      const session = await relay.open(user);
      const leg = await session.browserLeg();
      const browser = new WeriftBrowser();
      await browser.accept(await leg.answer(await browser.offer()));
      await Promise.all([hearing("connected"), browser.connected()]);
      await session.join(leg.id, (await session.sourceLeg({ kind: "tone", hz: [440] })).id);
      await browser.hearing(5);
      const held = await leg.answer(await browser.offer(hold));
      await browser.accept(held);
      expect(held).toContain(`a=${ours}`);
      const sentBefore = (await session.statistics())[0]!.sent.packets;
      const refused = async (): Promise<number> => (await relay.counters()).refused["peer-not-receiving"] ?? 0;
      await expect.poll(refused, { timeout: 10_000 }).toBeGreaterThan(3);
      expect((await session.statistics())[0]!.sent.packets).toBe(sentBefore);
      await browser.accept(await leg.answer(await browser.offer("sendrecv")));
      await browser.hearing(sentBefore + 5);
      const first = browser.heard[0]!.seq;
      expect(browser.heard.map(({ seq }) => (seq - first) & 0xffff)).toEqual(browser.heard.map((_, index) => index));
      await Promise.all([relay.close(), browser.close()]);
    },
  );

  test.each([
    ["AES_CM_128_HMAC_SHA1_80", 1],
    ["AEAD_AES_128_GCM", 7],
  ] as const)("a browser that supports %s alone hears and is heard", async (_, profile) => {
    const { relay, session, leg, browser, echo, hearing } = await openCall(open);
    browser.support(profile);
    await browser.accept(await leg.answer(await browser.offer()));
    await Promise.all([hearing("connected"), browser.connected()]);
    await session.join(leg.id, echo.id);
    const said = frames(20);
    for (const frame of said) browser.say(frame);
    await browser.hearing(20);
    expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
    await Promise.all([relay.close(), browser.close()]);
  });

  test.each(["the browser", "the relay"])(
    "a browser that comes by another path after an ICE restart offered by %s goes on, with one stream and the same keys",
    async (who) => {
      const { relay, session, leg, browser, echo, told, hearing } = await openCall(open);
      await browser.accept(await leg.answer(await browser.offer()));
      await Promise.all([hearing("connected"), browser.connected()]);
      await session.join(leg.id, echo.id);
      const said = frames(40);
      for (const frame of said.slice(0, 10)) browser.say(frame);
      await browser.hearing(10);
      const [userBefore, pathBefore] = [browser.relayUser, browser.path.protocol];
      await browser.leave();
      if (who === "the browser") await browser.accept(await leg.answer(await browser.offer("sendrecv", true)));
      else await leg.accept(await browser.answer(await leg.offer({ iceRestart: true })));
      await expect.poll(() => browser.path, { timeout: 10_000 }).toBeDefined();
      expect(browser.relayUser).not.toEqual(userBefore);
      expect(browser.path.protocol).not.toBe(pathBefore);
      // The relay may choose the path a moment later than the browser: what it says until then is lost with the old one.
      const soughtWith = frames(1, 99)[0]!;
      const isHeard = (): boolean => {
        browser.say(soughtWith);
        return browser.heard.length > 10;
      };
      await expect.poll(isHeard, { timeout: 10_000 }).toBe(true);
      for (const frame of said.slice(10)) browser.say(frame);
      const isSaid = (payload: Uint8Array): boolean => Buffer.compare(payload, soughtWith) !== 0;
      const heard = () => browser.heard.map(({ payload }) => payload).filter(isSaid);
      await expect.poll(heard).toEqual(said);
      const seqs = browser.heard.map(({ seq }) => seq);
      const steps = seqs.slice(1).map((seq, index) => (seq - seqs[index]!) & 0xffff);
      expect(steps.every((step) => step >= 1 && step < 500)).toBe(true);
      expect(told.map(({ event }) => event)).toEqual(["connected"]);
      await session.close();
      expect(await relay.counters()).toMatchObject({ handshakes: 0, legs: 0, ports: 0, timers: 0 });
      await Promise.all([relay.close(), browser.close()]);
    },
  );

  test("a browser's question over the path in use gets the answer that RFC 8445 asks for; a forged one none", async () => {
    const { relay, leg, browser, hearing } = await openCall(open);
    await browser.accept(await leg.answer(await browser.offer()));
    await Promise.all([hearing("connected"), browser.connected()]);
    const { fragment, password } = browser.relayUser;
    const [, localPort] = (browser.path.protocol as StunProtocol).getExtraInfo();
    const question = { username: `${fragment}:abcd`, role: "controlling", tieBreaker: 1n } as const;
    const forged = writeRequest({ ...question, transaction: systemRandom(12), password: "guessed" });
    void browser.ask(forged).then(() => expect.unreachable());
    const answer = await browser.ask(writeRequest({ ...question, transaction: systemRandom(12), password }));
    const read = parseMessage(answer, Buffer.from(password));
    expect(read).toMatchObject({ messageMethod: 1, messageClass: 0x100 });
    expect(read!.attributesKeys).toEqual(["XOR-MAPPED-ADDRESS", "MESSAGE-INTEGRITY", "FINGERPRINT"]);
    expect(read!.getAttributeValue("XOR-MAPPED-ADDRESS")).toEqual([expect.stringMatching(/^127\./), localPort]);
    expect(await relay.counters()).toMatchObject({ refused: { "stun-not-authentic": 1 } });
    await Promise.all([relay.close(), browser.close()]);
  });

  test("a later offer with another certificate is refused, and the call goes on", async () => {
    const { relay, session, leg, browser, echo, hearing } = await openCall(open);
    await browser.accept(await leg.answer(await browser.offer()));
    await Promise.all([hearing("connected"), browser.connected()]);
    await session.join(leg.id, echo.id);
    const offer = await browser.offer();
    await expect(leg.answer(withAnotherCertificate(offer))).rejects.toMatchObject({
      code: "MEDIA_SDP_REFUSED",
      message: expect.stringContaining("another certificate"),
    });
    for (const frame of frames(5)) browser.say(frame);
    await browser.hearing(5);
    await Promise.all([relay.close(), browser.close()]);
  });

  test("SDP that is no browser's is refused with the line that is wrong, and the leg can still be used", async () => {
    const relay = await open();
    const session = await relay.open({});
    const leg = await session.browserLeg();
    await expect(leg.answer("v=0\r\n")).rejects.toMatchObject({ code: "MEDIA_SDP_REFUSED" });
    const browser = new WeriftBrowser();
    const offer = await browser.offer();
    await expect(leg.answer(offer.replace("PCMU", "PCMX").replace("SAVPF 0", "SAVPF 98"))).rejects.toMatchObject({
      code: "MEDIA_SDP_REFUSED",
      message: expect.stringContaining("PCMU is not offered"),
    });
    await browser.accept(await leg.answer(offer));
    await browser.connected();
    await browser.close();
    await relay.close();
  });

  test("what is asked of a closed session is refused by its code", async () => {
    const relay = await open();
    const session = await relay.open({});
    const leg = await session.plainLeg();
    await session.close();
    await expect(leg.close()).resolves.toBeUndefined();
    await expect(session.browserLeg()).rejects.toMatchObject({ code: "MEDIA_SESSION_CLOSED" });
    await relay.close();
  });
}

/** Every relay that is closed stays so. */
export function staysClosed(open: Candidate["open"]): void {
  test("nothing can be opened in a relay that is closed", async () => {
    const relay = await open();
    await relay.close();
    await expect(relay.open({})).rejects.toMatchObject({ code: "MEDIA_SESSION_CLOSED" });
    await expect(relay.close()).resolves.toBeUndefined();
  });
}
