import type { RTCSession } from "jssip/lib/RTCSession.js";
import { describe, expect, test } from "vitest";
import type { CallEnd } from "../core/call-end.ts";
import type { OpenMicrophone } from "../sound/microphone.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { JsSipLink, type SessionOptions } from "./link.ts";
import { firstRepairMs, nextRepairMs } from "./path-repair.ts";

type Handler = (event: unknown) => void;

class FakeSession {
  readonly done: string[] = [];
  readonly handlers: Record<string, Handler> = {};
  readonly direction: "incoming" | "outgoing";
  ended = false;
  options: SessionOptions | undefined;

  constructor(direction: "incoming" | "outgoing") {
    this.direction = direction;
  }

  on(name: string, handler: Handler): void {
    this.handlers[name] = handler;
  }

  hold(): void {
    this.done.push("hold");
  }

  unhold(): void {
    this.done.push("unhold");
  }

  isEnded(): boolean {
    return this.ended;
  }

  answer(options: SessionOptions): void {
    this.options = options;
    this.done.push("answer");
  }

  isEstablished(): boolean {
    return !this.ended;
  }

  renegotiate({ rtcOfferConstraints }: { rtcOfferConstraints?: RTCOfferOptions }): void {
    this.done.push(rtcOfferConstraints?.iceRestart === true ? "renegotiate with ICE anew" : "renegotiate");
  }

  terminate({ status_code, reason_phrase }: { status_code?: number; reason_phrase?: string }): void {
    this.ended = true;
    const why = reason_phrase === undefined ? "" : `: ${reason_phrase}`;
    this.done.push(status_code === undefined ? "terminate" : `refuse ${status_code}${why}`);
  }
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

function scene(direction: "incoming" | "outgoing", microphone?: OpenMicrophone) {
  const session = new FakeSession(direction);
  const told: string[] = [];
  const ends: CallEnd[] = [];
  const track = { enabled: true, stop: () => void told.push("track stopped") };
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
  const parts = {
    clock: new FakeClock(),
    microphone: { open: async () => microphone ?? { ok: true as const, stream } },
    speaker: { play: () => void told.push("plays"), stop: () => void told.push("speaker stopped") },
    iceServers: [],
  };
  const listener = {
    ringing: (early: boolean) => void told.push(early ? "early" : "ringing"),
    accepted: () => void told.push("accepted"),
    sound: (path: string) => void told.push(path),
    held: (held: boolean) => void told.push(held ? "held" : "resumed"),
    keySent: () => void told.push("key sent"),
    ended: (end: CallEnd) => void ends.push(end),
  };
  const fire = (name: string, event: unknown) => session.handlers[name]?.(event);
  const online = { now: true };
  return { session, told, ends, track, parts, listener, fire, online, clock: parts.clock };
}

function placed(microphone?: OpenMicrophone) {
  const made = scene("outgoing", microphone);
  const link = new JsSipLink(made.parts, made.listener, () => made.online.now);
  const starting = link.place((_, handlers) => {
    Object.assign(made.session.handlers, handlers);
    return made.session as unknown as RTCSession;
  });
  return { ...made, link, starting };
}

function adopted(microphone?: OpenMicrophone) {
  const made = scene("incoming", microphone);
  const link = new JsSipLink(made.parts);
  link.adopt(made.session as unknown as RTCSession, made.listener);
  return { ...made, link };
}

describe("an outgoing call", () => {
  test("tells ringing, early sound and the answer", async () => {
    const { starting, fire, told } = placed();
    await starting;
    fire("progress", { originator: "remote", response: { body: "" } });
    fire("progress", { originator: "remote", response: { body: "v=0" } });
    fire("accepted", {});
    expect(told).toEqual(["ringing", "early", "accepted"]);
  });

  test("without a microphone never starts", async () => {
    const { starting, ends, session } = placed({ ok: false, problem: "denied" });
    await starting;
    expect(ends).toEqual([{ kind: "microphone", problem: "denied" }]);
    expect(session.handlers).toEqual({});
  });

  test("cancelled while the browser asks for the microphone gives it back and never starts", async () => {
    const { starting, link, told, ends, session } = placed();
    link.close();
    await starting;
    expect(told).toEqual(["track stopped"]);
    expect([ends, session.handlers]).toEqual([[], {}]);
  });

  test("is ended without a status, frees microphone and speaker, and says nothing more", async () => {
    const { starting, link, fire, told, ends, session } = placed();
    await starting;
    link.close();
    link.close();
    fire("failed", { originator: "local", cause: "Canceled", message: null });
    expect(session.done).toEqual(["terminate"]);
    expect(told).toEqual(["track stopped", "speaker stopped"]);
    expect(ends).toEqual([]);
  });

  test("that failed tells the other side why", async () => {
    const { starting, link, session } = placed();
    await starting;
    link.close("The network path for audio was lost");
    expect(session.done).toEqual(["refuse 480: The network path for audio was lost"]);
  });

  test("whose path for audio is interrupted begins ICE anew, where the server can be reached", async () => {
    const { starting, link, session, clock, fire, online } = placed();
    await starting;
    const connection = Object.assign(new EventTarget(), { iceConnectionState: "connected" });
    fire("peerconnection", { peerconnection: connection });
    const ice = (state: string): void => {
      connection.iceConnectionState = state;
      connection.dispatchEvent(new Event("iceconnectionstatechange"));
    };
    const candidate = { candidate: "candidate:1 1 udp 2122260223 192.0.2.1 40000 typ host" };
    connection.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
    ice("disconnected");
    online.now = false;
    await clock.advance(firstRepairMs);
    expect(session.done).toEqual([]);
    online.now = true;
    await clock.advance(nextRepairMs);
    expect(session.done).toEqual(["renegotiate with ICE anew"]);
    ice("connected");
    await clock.advance(60_000);
    expect(session.done).toHaveLength(1);
    link.close();
    expect(clock.pending).toBe(0);
  });

  test("sends its offer with the first candidate", async () => {
    const { starting, fire } = placed();
    await starting;
    let ready = 0;
    fire("icecandidate", { ready: () => (ready += 1) });
    expect(ready).toBe(1);
  });

  test("muted before the microphone is open starts silent", async () => {
    const { starting, link, track } = placed();
    link.setMuted(true);
    await starting;
    expect(track.enabled).toBe(false);
  });

  test("muting silences the track itself", async () => {
    const { starting, link, track } = placed();
    await starting;
    link.setMuted(true);
    expect(track.enabled).toBe(false);
    link.setMuted(false);
    expect(track.enabled).toBe(true);
  });
});

describe("a hold", () => {
  test("is asked of JsSIP and told when it is so; the far side's own hold is none of ours", async () => {
    const { starting, link, fire, session, told } = placed();
    await starting;
    link.setHeld(true);
    fire("hold", { originator: "local" });
    fire("hold", { originator: "remote" });
    link.setHeld(false);
    fire("unhold", { originator: "local" });
    expect(session.done).toEqual(["hold", "unhold"]);
    expect(told).toEqual(["held", "resumed"]);
  });

  test("that is over leaves the microphone muted where it was", async () => {
    const { starting, link, fire, track } = placed();
    await starting;
    link.setMuted(true);
    link.setHeld(true);
    link.setHeld(false);
    track.enabled = true;
    fire("unhold", { originator: "local" });
    expect(track.enabled).toBe(false);
  });
});

describe("an incoming call", () => {
  test("is declined with 486", () => {
    const { link, session } = adopted();
    link.decline();
    expect(session.done).toEqual(["refuse 486"]);
  });

  test("is answered with the microphone and no STUN server", async () => {
    const { link, session } = adopted();
    link.answer();
    await tick();
    expect(session.options?.pcConfig).toEqual({ iceServers: [] });
  });

  test("without a microphone is refused with 480 and says why", async () => {
    const { link, session, ends } = adopted({ ok: false, problem: "missing" });
    link.answer();
    await tick();
    expect(session.done).toEqual(["refuse 480"]);
    expect(ends).toEqual([{ kind: "microphone", problem: "missing" }]);
  });

  test("that was answered ends with a BYE that carries no status", async () => {
    const { link, session, fire } = adopted();
    link.answer();
    await tick();
    fire("accepted", {});
    link.close();
    expect(session.done).toEqual(["answer", "terminate"]);
  });
});
