import { expect, test } from "vitest";
import type { RTCDtlsTransport } from "werift";
import { type DatagramSocket, systemDatagrams } from "../src/index.ts";
import type { SrtpKeys } from "../src/srtp/keys.ts";
import type { BrowserHandshake, ChosenPath, Handshakes } from "../src/webrtc/handshake.ts";
import { WeriftBrowser, withAnotherCertificate } from "./werift-browser.ts";

/** Where handshakes are done, and how to end that. */
export type HandshakesUnderTest = { readonly handshakes: Handshakes; close(): Promise<void> };

/** A handshake with a socket of the test's, and what it reported. */
async function withSocket(handshakes: Handshakes, network: string) {
  const state = { keys: [] as SrtpKeys[], paths: [] as ChosenPath[], failed: [] as string[], refused: [] as string[] };
  let handshake: BrowserHandshake | undefined;
  const socket: DatagramSocket = await systemDatagrams.bind(
    { address: network, port: 0 },
    { onDatagram: (bytes, from) => handshake?.receive(0, bytes, from), onError: () => {} },
  );
  handshake = await handshakes.open(
    { hosts: [{ host: network, local: socket.local }], ssrc: 4242 },
    {
      send: (_host, bytes, to) => socket.send(bytes, to),
      onKeys: (keys) => state.keys.push(keys),
      onPath: (path) => state.paths.push(path),
      onFailed: (why) => state.failed.push(why),
      onRefused: (reason) => state.refused.push(reason),
    },
  );
  return { ...state, handshake, socket };
}

/** The keys of a browser that is connected: its own and ours. */
function keysOf(browser: WeriftBrowser) {
  const { dtls } = browser.pc.dtlsTransports[0] as RTCDtlsTransport;
  const isGcm = dtls!.srtp.srtpProfile === 7;
  const { localKey, localSalt, remoteKey, remoteSalt } = dtls!.extractSessionKeys(16, isGcm ? 12 : 14);
  const master = (key: Uint8Array, salt: Uint8Array) => ({ key: new Uint8Array(key), salt: new Uint8Array(salt) });
  return {
    profile: isGcm ? "AEAD_AES_128_GCM" : "AES_CM_128_HMAC_SHA1_80",
    local: master(remoteKey, remoteSalt),
    remote: master(localKey, localSalt),
  };
}

const portOf = (browser: WeriftBrowser): number =>
  (browser.path.protocol as unknown as { getExtraInfo(): [string, number] }).getExtraInfo()[1];

/** Every place where handshakes are done does this. */
export function handshakeConformance(network: string, open: () => Promise<HandshakesUnderTest>): void {
  test.each([
    ["the browser offers", 1],
    ["the browser offers", 7],
    ["we offer", 1],
    ["we offer", 7],
  ] as const)(
    "%s, protection profile %i: both sides have the same keys, and the path is the browser's",
    async (who, profile) => {
      const { handshakes, close } = await open();
      const { handshake, keys, paths, failed, socket } = await withSocket(handshakes, network);
      const browser = new WeriftBrowser();
      browser.support(profile);
      const isOffering = who === "we offer";
      const described = isOffering ? await handshake.offer() : await handshake.answer(await browser.offer());
      if (isOffering) await handshake.accept(await browser.answer(described.sdp));
      else await browser.accept(described.sdp);
      await browser.connected();
      await expect.poll(() => keys).toEqual([keysOf(browser)]);
      expect(described.sdp).toContain("a=ssrc:4242 ");
      expect(described.user).toEqual(browser.relayUser);
      expect(paths.at(-1)).toEqual({
        host: 0,
        to: { address: expect.stringMatching(/^127\./), port: portOf(browser) },
        ours: described.user,
        theirs: { fragment: expect.any(String), password: expect.any(String) },
        role: isOffering ? "controlling" : "controlled",
        tieBreaker: expect.any(BigInt),
      });
      expect(failed).toEqual([]);
      expect(handshakes.size).toBe(1);
      await Promise.all([handshake.close(), handshake.close(), browser.close()]);
      expect(handshakes.size).toBe(0);
      socket.close();
      await close();
    },
  );

  test.each(["the browser", "us"])("ICE begun anew by %s: another user, another path, the same keys", async (who) => {
    const { handshakes, close } = await open();
    const { handshake, keys, paths, socket } = await withSocket(handshakes, network);
    const browser = new WeriftBrowser();
    const first = await handshake.answer(await browser.offer());
    await browser.accept(first.sdp);
    await browser.connected();
    await browser.leave();
    const isOurs = who === "us";
    const again = isOurs
      ? await handshake.offer({ iceRestart: true })
      : await handshake.answer(await browser.offer("sendrecv", true));
    if (isOurs) await handshake.accept(await browser.answer(again.sdp));
    else await browser.accept(again.sdp);
    await expect.poll(() => paths.at(-1)?.ours, { timeout: 10_000 }).toEqual(again.user);
    expect(again.user).not.toEqual(first.user);
    await expect.poll(() => browser.path).toBeDefined();
    expect(paths.at(-1)!.to.port).toBe(portOf(browser));
    expect(new Set(paths.map(({ to }) => to.port)).size).toBe(2);
    expect(keys).toHaveLength(1);
    await Promise.all([handshake.close(), browser.close()]);
    socket.close();
    await close();
  });

  test("a browser that nominates another pair without beginning ICE anew is followed", async () => {
    const { handshakes, close } = await open();
    const { handshake, paths, socket } = await withSocket(handshakes, network);
    const browser = new WeriftBrowser(["127.0.0.1", "127.0.0.2"]);
    await browser.accept((await handshake.answer(await browser.offer())).sdp);
    await browser.connected();
    const other = await browser.nominateAnother();
    await expect.poll(() => paths.at(-1)?.to.port, { timeout: 10_000 }).toBe(other);
    expect(new Set(paths.map(({ ours }) => ours.fragment)).size).toBe(1);
    await Promise.all([handshake.close(), browser.close()]);
    socket.close();
    await close();
  });

  test.each(["offers", "answers"])("a browser that %s as DTLS server gets a client", async (how) => {
    const { handshakes, close } = await open();
    const { handshake, keys, socket } = await withSocket(handshakes, network);
    const browser = new WeriftBrowser();
    const passive = (sdp: string): string => sdp.replace(/a=setup:\S+/, "a=setup:passive");
    browser.pc.dtlsTransports[0]!.role = "server";
    if (how === "offers") {
      const { sdp } = await handshake.answer(passive(await browser.offer()));
      expect(sdp).toContain("a=setup:active");
      await browser.accept(sdp);
    } else await handshake.accept(passive(await browser.answer((await handshake.offer()).sdp)));
    await browser.connected();
    await expect.poll(() => keys).toEqual([keysOf(browser)]);
    await Promise.all([handshake.close(), browser.close()]);
    socket.close();
    await close();
  });

  test("what each side agrees to is said as our side of it", async () => {
    const { handshakes, close } = await open();
    const { handshake, socket } = await withSocket(handshakes, network);
    const browser = new WeriftBrowser();
    const answer = await handshake.answer(await browser.offer("sendonly"));
    expect(answer.agreed).toEqual({ payloadTypes: { pcmu: 0, telephoneEvent: 126 }, direction: "recvonly" });
    await browser.accept(answer.sdp);
    await browser.connected();
    const repeated = await browser.answer((await handshake.offer()).sdp);
    const agreed = await handshake.accept(repeated);
    expect(agreed.payloadTypes).toEqual({ pcmu: 0, telephoneEvent: expect.any(Number) });
    expect(await handshake.accept(repeated)).toEqual(agreed);
    await Promise.all([handshake.close(), browser.close()]);
    socket.close();
    await close();
  });

  test("a browser that offers video too gets its audio, and each later offer has as many lines", async () => {
    const { handshakes, close } = await open();
    const { handshake, keys, socket } = await withSocket(handshakes, network);
    const browser = new WeriftBrowser();
    const audioOf = (sdp: string): string => sdp.replace(/m=video[\s\S]*/, "");
    const withVideo = (sdp: string): string => `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n`;
    const answer = await handshake.answer(withVideo(await browser.offer()));
    expect(answer.sdp.match(/^m=\S+ \d+/gm)).toEqual(["m=audio 9", "m=video 0"]);
    await browser.accept(audioOf(answer.sdp));
    await browser.connected();
    await expect.poll(() => keys).toEqual([keysOf(browser)]);
    const again = await handshake.offer();
    expect(again.sdp.match(/^m=\S+ \d+/gm)).toEqual(["m=audio 9", "m=video 0"]);
    expect(originOf(again.sdp)).toEqual([originOf(answer.sdp)[0], originOf(answer.sdp)[1]! + 1]);
    await handshake.accept(withVideo(await browser.answer(audioOf(again.sdp))));
    await Promise.all([handshake.close(), browser.close()]);
    socket.close();
    await close();
  });

  test("a browser without rtcp-mux has no reports, whoever offers", async () => {
    const { handshakes, close } = await open();
    const withoutMux = (sdp: string): string => sdp.replace("a=rtcp-mux\r\n", "");
    const agreed = { payloadTypes: expect.anything(), direction: "sendrecv", hasReports: false };
    const [browser, other] = [new WeriftBrowser(), new WeriftBrowser()];
    const [answering, offering] = [await withSocket(handshakes, network), await withSocket(handshakes, network)];
    const answer = await answering.handshake.answer(withoutMux(await browser.offer()));
    expect(answer).toMatchObject({ agreed, sdp: expect.stringContaining("b=RS:0\r\nb=RR:0\r\n") });
    const offer = await offering.handshake.offer();
    expect(offer.sdp).not.toContain("b=RS:0");
    expect(await offering.handshake.accept(withoutMux(await other.answer(offer.sdp)))).toEqual(agreed);
    expect((await offering.handshake.offer()).sdp).toContain("b=RS:0");
    for (const { handshake, socket } of [answering, offering]) {
      await handshake.close();
      socket.close();
    }
    await Promise.all([browser.close(), other.close()]);
    await close();
  });

  test("descriptions that cannot be used are refused by their code, one after the other, and cost nothing", async () => {
    const { handshakes, close } = await open();
    const { handshake, failed, socket } = await withSocket(handshakes, network);
    const browser = new WeriftBrowser();
    const offer = await browser.offer();
    const refused = { code: "MEDIA_SDP_REFUSED" };
    await Promise.all([
      expect(handshake.answer("v=0\r\n")).rejects.toMatchObject(refused),
      expect(handshake.accept(offer)).rejects.toMatchObject(refused),
      handshake.answer(offer).then(({ sdp }) => browser.accept(sdp)),
    ]);
    await browser.connected();
    expect(failed).toEqual([]);
    await Promise.all([handshake.close(), browser.close()]);
    socket.close();
    await close();
  });

  test("a handshake that fails says so", async () => {
    const { handshakes, close } = await open();
    const { handshake, failed, socket } = await withSocket(handshakes, network);
    const browser = new WeriftBrowser();
    const offer = await browser.offer();
    await browser.accept((await handshake.answer(withAnotherCertificate(offer))).sdp);
    await expect
      .poll(() => failed, { timeout: 10_000 })
      .toEqual(["DTLS failed: the browser's certificate does not match the fingerprint in its SDP"]);
    await Promise.all([handshake.close(), browser.close()]);
    socket.close();
    await close();
  });

  test("closing the place closes what is open, wherever it is", async () => {
    const { handshakes, close } = await open();
    const browsers = Array.from({ length: 3 }, () => new WeriftBrowser());
    const opened = await Promise.all(browsers.map(() => withSocket(handshakes, network)));
    await opened[0]!.handshake.offer();
    await browsers[1]!.accept((await opened[1]!.handshake.answer(await browsers[1]!.offer())).sdp);
    const describing = opened[2]!.handshake.answer(await browsers[2]!.offer()).catch(() => undefined);
    expect(handshakes.size).toBe(3);
    await handshakes.close();
    expect(handshakes.size).toBe(0);
    await describing;
    await Promise.all(browsers.map((browser) => browser.close()));
    for (const { socket } of opened) socket.close();
    await close();
  });
}

/** The session and the version that a description's origin names. */
const originOf = (sdp: string): readonly number[] => /^o=- (\d+) (\d+)/.exec(sdp.slice(5))!.slice(1).map(Number);
