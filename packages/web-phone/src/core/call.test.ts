import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { FakeSounds } from "../testing/fake-sounds.ts";
import { FakeLink } from "../testing/fake-transport.ts";
import { Call } from "./call.ts";
import type { CallEnd } from "./call-end.ts";
import { type CallEvent, type CallState, callTable } from "./call-table.ts";
import { soundPathMs } from "./sound-watch.ts";

const peer = { number: "+12025550123", name: undefined };

function scene(direction: "outgoing" | "incoming") {
  const clock = new FakeClock();
  const sounds = new FakeSounds();
  const link = new FakeLink();
  let changes = 0;
  const changed = () => {
    changes += 1;
  };
  const around = { clock, sounds, changed };
  const call = Call[direction](around, peer, (listener) => {
    link.listener = listener;
    return link;
  });
  return { call, clock, sounds, link, heard: link.listener!, changes: () => changes };
}

type Scene = ReturnType<typeof scene>;

const refusal: CallEnd = { kind: "refused", status: 486 };
const deeds: Readonly<Record<CallEvent, (scene: Scene) => void>> = {
  ring: ({ heard }) => heard.ringing(false),
  earlySound: ({ heard }) => heard.ringing(true),
  accepted: ({ heard }) => heard.accepted(),
  answer: ({ call }) => call.answer(),
  hangUp: ({ call }) => call.hangUp(),
  finished: ({ heard }) => heard.ended(refusal),
  soundFailed: ({ heard }) => heard.sound("failed"),
};
const wayTo: Readonly<Record<CallState, readonly ["outgoing" | "incoming", ...CallEvent[]]>> = {
  calling: ["outgoing"],
  ringing: ["outgoing", "ring"],
  early: ["outgoing", "earlySound"],
  incoming: ["incoming"],
  answering: ["incoming", "answer"],
  talking: ["outgoing", "accepted"],
  ended: ["outgoing", "hangUp"],
};

function bringTo(state: CallState): Scene {
  const [direction, ...events] = wayTo[state];
  const made = scene(direction);
  for (const event of events) deeds[event](made);
  return made;
}

describe("every cell of the call's table", () => {
  for (const state of Object.keys(wayTo) as CallState[]) {
    for (const event of Object.keys(deeds) as CallEvent[]) {
      const row: Partial<Record<CallEvent, { to: CallState }>> = callTable[state];
      const to = row[event]?.to ?? state;
      test(`${state} and ${event} makes ${to}`, () => {
        const made = bringTo(state);
        deeds[event](made);
        expect(made.call.view.state).toBe(to);
      });
    }
  }
});

describe("a call that ended", () => {
  for (const state of Object.keys(wayTo) as CallState[]) {
    test(`from ${state} leaves no timer, no tone and a reason`, () => {
      const { call, clock, sounds } = bringTo(state);
      call.hangUp();
      expect(clock.pending).toBe(0);
      expect(call.view.reason).toMatch(/\.$/);
      const tones = sounds.heard.filter((sound) => sound.startsWith("ring"));
      if (tones.length > 0) expect(sounds.heard.at(-1)).toBe("quiet");
    });
  }

  test("is told about once: the first end stays", () => {
    const { call, heard } = bringTo("talking");
    heard.ended({ kind: "hungUp", words: "Bye." });
    heard.ended({ kind: "connection" });
    call.hangUp();
    expect(call.view.reason).toBe("Bye.");
  });

  test("changes nothing any more", () => {
    const { call, heard, link, changes } = bringTo("ended");
    const before = [changes(), link.done.length];
    heard.sound("checking");
    call.setMuted(true);
    call.press("1");
    expect([changes(), link.done.length]).toEqual(before);
  });
});

describe("a hold", () => {
  test("is asked for while both talk alone, and shown when it is so", () => {
    const { call, heard, link } = bringTo("ringing");
    call.setHeld(true);
    expect(link.done).toEqual([]);
    heard.accepted();
    call.setHeld(true);
    expect([link.done, call.view.held]).toEqual([["hold"], false]);
    heard.held(true);
    expect(call.view).toMatchObject({ state: "talking", held: true });
    heard.held(false);
    expect(call.view.held).toBe(false);
  });
});

describe("an outgoing call", () => {
  test("plays a ringing tone of its own only while the network sends none", () => {
    const { heard, sounds } = bringTo("ringing");
    expect(sounds.heard).toEqual(["ringback"]);
    heard.ringing(true);
    heard.ringing(false);
    expect(sounds.heard).toEqual(["ringback", "quiet"]);
  });

  test("is cancelled at the link while it rings", () => {
    const { call, link } = bringTo("ringing");
    call.hangUp();
    expect(link.done).toEqual(["close"]);
    expect(call.view).toMatchObject({ reason: "You cancelled the call.", failed: false });
  });

  test("counts seconds from the answer", async () => {
    const { call, clock, heard } = bringTo("calling");
    await clock.advance(7000);
    heard.accepted();
    await clock.advance(2999);
    expect(call.view.elapsedMs).toBe(2000);
    await clock.advance(1);
    expect(call.view.elapsedMs).toBe(3000);
    call.hangUp();
    await clock.advance(5000);
    expect(call.view.elapsedMs).toBe(3000);
  });
});

describe("an incoming call", () => {
  test("rings until it is answered", () => {
    const { call, link, sounds } = bringTo("incoming");
    expect(sounds.heard).toEqual(["ring"]);
    call.answer();
    expect(sounds.heard).toEqual(["ring", "quiet"]);
    expect(link.done).toEqual(["answer"]);
  });

  test("is declined, not closed, so that other devices ring on", () => {
    const { call, link } = bringTo("incoming");
    call.hangUp();
    expect(link.done).toEqual(["decline"]);
    expect(call.view.reason).toBe("You declined the call.");
  });

  test("that another device took says so and is no failure", () => {
    const { call, heard, sounds } = bringTo("incoming");
    heard.ended({ kind: "elsewhere" });
    expect(call.view).toMatchObject({ reason: "Answered on another device.", failed: false });
    expect(sounds.heard.at(-1)).toBe("quiet");
  });

  test("without a microphone says so", () => {
    const { call, heard } = bringTo("answering");
    heard.ended({ kind: "microphone", problem: "missing" });
    expect(call.view).toMatchObject({ reason: "No microphone was found. Connect one and try again.", failed: true });
  });
});

describe("the way for sound", () => {
  test("that is not found in time ends the call with words", async () => {
    const { call, clock, heard, link } = bringTo("talking");
    heard.sound("checking");
    await clock.advance(soundPathMs);
    expect(call.view.reason).toMatch(/^No network path for audio/);
    expect(link.done).toEqual(["close"]);
  });

  test.each(["early", "talking"] as const)(
    "that is never even looked for from %s on ends the call too",
    async (state) => {
      const { call, clock } = bringTo(state);
      await clock.advance(soundPathMs);
      expect(call.view).toMatchObject({ state: "ended", failed: true });
    },
  );

  test("that was there before the answer needs no wait", async () => {
    const { call, clock, heard } = bringTo("early");
    heard.sound("checking");
    heard.sound("connected");
    heard.accepted();
    await clock.advance(2 * soundPathMs);
    expect(call.view.state).toBe("talking");
  });

  test("that is found stops the wait", async () => {
    const { call, clock, heard } = bringTo("talking");
    heard.sound("checking");
    heard.sound("connected");
    await clock.advance(2 * soundPathMs);
    expect(call.view).toMatchObject({ state: "talking", sound: "connected" });
  });

  test("that was given up before it was there still ends in time", async () => {
    const { call, clock, heard } = bringTo("talking");
    heard.sound("checking");
    heard.sound("interrupted");
    expect(call.view.sound).toBe("checking");
    await clock.advance(soundPathMs);
    expect(call.view.reason).toMatch(/^No network path/);
  });

  test("that was there and fails is said to be lost", () => {
    const { call, heard } = bringTo("talking");
    heard.sound("connected");
    heard.sound("failed");
    expect(call.view.reason).toBe("The network path for audio was lost.");
  });

  test("that is interrupted is shown and the call goes on", () => {
    const { call, heard } = bringTo("talking");
    heard.sound("connected");
    heard.sound("interrupted");
    expect(call.view).toMatchObject({ state: "talking", sound: "interrupted" });
  });
});

describe("keys in a call", () => {
  test("are sent one after the other, each once, and heard", () => {
    const { call, heard, link, sounds } = bringTo("talking");
    for (const key of "5*#") call.press(key);
    expect(link.done).toEqual(["key 5 100"]);
    for (let count = 0; count < 3; count++) heard.keySent();
    expect(link.done).toEqual(["key 5 100", "key * 100", "key # 100"]);
    expect(call.view.keys).toBe("5*#");
    expect(sounds.heard).toEqual(["key 5", "key *", "key #"]);
  });

  test("go nowhere before the answer, and other characters never", () => {
    const ringing = bringTo("ringing");
    ringing.call.press("1");
    const talking = bringTo("talking");
    for (const key of ["A", "+", "12", ""]) talking.call.press(key);
    expect([ringing.link.done, talking.link.done]).toEqual([[], []]);
  });

  test("that still wait are dropped when the call ends", () => {
    const { call, heard, link } = bringTo("talking");
    for (const key of "123") call.press(key);
    call.hangUp();
    heard.keySent();
    expect(link.done).toEqual(["key 1 100", "close"]);
  });
});

test("mute is carried out and shown", () => {
  const { call, link } = bringTo("talking");
  call.setMuted(true);
  call.setMuted(false);
  expect(link.done).toEqual(["mute", "unmute"]);
  expect(call.view.muted).toBe(false);
});
