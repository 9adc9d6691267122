import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { FakeSounds } from "../testing/fake-sounds.ts";
import { FakeTransport } from "../testing/fake-transport.ts";
import { Phone, type PhoneView } from "./phone.ts";

const caller = { number: "+12025550123", name: "Test Caller" };

function scene() {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const views: PhoneView[] = [];
  const phone = new Phone({ clock, transport, sounds: new FakeSounds(), changed: (view) => views.push(view) });
  return { clock, transport, phone, views };
}

function online() {
  const made = scene();
  made.phone.goOnline();
  made.transport.listener!.registered();
  return made;
}

test("a number is called as it was cleaned", () => {
  const { phone, transport } = online();
  expect(phone.dial(" (202) 555-0123 ")).toEqual({ ok: true, value: "2025550123" });
  expect(transport.done).toContain("call 2025550123");
  expect(phone.view.call).toMatchObject({ state: "calling", peer: { number: "2025550123" } });
});

test("nothing is called while offline, nor a second time", () => {
  const { phone, transport } = scene();
  expect(phone.dial("2025550123")).toMatchObject({ ok: false, why: "This phone is not online." });
  phone.goOnline();
  transport.listener!.registered();
  phone.dial("2025550123");
  expect(phone.dial("2025550124")).toMatchObject({ ok: false, why: "You are already in a call." });
});

test("what cannot be dialled is said in words and not sent", () => {
  const { phone, transport } = online();
  expect(phone.dial("")).toMatchObject({ ok: false, why: "Enter a number to call." });
  expect(transport.done).toEqual(["start"]);
});

test("a second caller finds this device busy and the first goes on", () => {
  const { phone, transport } = online();
  const first = transport.ring(caller)!;
  expect(transport.ring(caller)).toBeUndefined();
  phone.answer();
  first.listener!.accepted();
  expect(phone.view.call).toMatchObject({ direction: "incoming", state: "talking", peer: caller });
});

test("an ended call stays to be read, until dismissed or replaced", () => {
  const { phone, transport } = online();
  phone.dial("2025550123");
  transport.link.listener!.ended({ kind: "refused", status: 486, words: "The number is busy." });
  expect(phone.view.call).toMatchObject({ state: "ended", reason: "The number is busy.", failed: true });
  phone.dismiss();
  expect(phone.view.call).toBeUndefined();
});

test("a call that is up cannot be dismissed", () => {
  const { phone } = online();
  phone.dial("2025550123");
  phone.dismiss();
  expect(phone.view.call?.state).toBe("calling");
});

test("a call outlives a lost connection", () => {
  const { phone, transport } = online();
  phone.dial("2025550123");
  transport.link.listener!.accepted();
  transport.listener!.disconnected();
  expect(phone.view).toMatchObject({ presence: "reconnecting", call: { state: "talking" } });
  transport.listener!.registered();
  expect(phone.view.presence).toBe("online");
});

test("going offline ends the call first", () => {
  const { phone, transport } = online();
  phone.dial("2025550123");
  phone.goOffline();
  expect(transport.link.done).toEqual(["close"]);
  expect(transport.done.at(-1)).toBe("stop");
  expect(phone.view.presence).toBe("offline");
});

test("a refused registration is tried again after a while, and not once offline", async () => {
  const { phone, transport, clock } = scene();
  phone.goOnline();
  transport.listener!.registrationRefused(503);
  expect(phone.view.presence).toBe("refused");
  await clock.advance(15_000);
  expect(transport.done).toEqual(["start", "register"]);
  transport.listener!.registrationRefused(503);
  phone.goOffline();
  await clock.advance(60_000);
  expect(transport.done).toEqual(["start", "register", "stop"]);
  expect(clock.pending).toBe(0);
});

test("each change is reported as the view then is", () => {
  const { phone, views, transport } = online();
  phone.dial("2025550123");
  transport.link.listener!.ringing(false);
  expect(views.map((view) => view.call?.state ?? view.presence)).toEqual([
    "connecting",
    "online",
    "calling",
    "ringing",
  ]);
});
