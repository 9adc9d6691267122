import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { Guesses } from "./guesses.ts";

const at = (address: string, port = 5060) => ({ address, port });
const office = at("10.0.0.1");

function scene() {
  const clock = new FakeClock();
  const guesses = new Guesses(clock);
  const guess = (user: string, times: number, from = office): void => {
    for (let count = 0; count < times; count += 1) guesses.wrong(user, from);
  };
  return { clock, guesses, guess };
}

test("ten wrong passwords block a user from an address until ten minutes after the first of them", async () => {
  const { clock, guesses, guess } = scene();
  guess("ann", 9);
  expect(guesses.waitSeconds("ann", office)).toBe(0);
  await clock.advance(60_000);
  guess("ann", 1);
  expect(guesses.waitSeconds("ann", office)).toBe(540);
  await clock.advance(540_000);
  expect(guesses.waitSeconds("ann", office)).toBe(0);
});

test("what is guessed for one user blocks no other, and from one address no other address", () => {
  const { guesses, guess } = scene();
  guess("ann", 10);
  expect([guesses.waitSeconds("ben", office), guesses.waitSeconds("ann", at("10.0.0.2"))]).toEqual([0, 0]);
});

test("the right password forgives its own user's wrong ones, and nobody else's", () => {
  const { guesses, guess } = scene();
  guess("ann", 9);
  guess("ben", 9);
  guesses.right("ann", office);
  guess("ann", 1);
  guess("ben", 1);
  expect([guesses.waitSeconds("ann", office), guesses.waitSeconds("ben", office)]).toEqual([0, 600]);
});

test("an address may guess a hundred passwords over all users, whatever right one comes between", () => {
  const { guesses, guess } = scene();
  for (let user = 0; user < 12; user += 1) {
    guess(`user${user}`, 8);
    guesses.right("own", at("10.0.0.1", 7000));
  }
  expect(guesses.waitSeconds("new", office)).toBe(0);
  guess("new", 4);
  expect([guesses.waitSeconds("new", office), guesses.waitSeconds("newer", office)]).toEqual([600, 600]);
});

test("a phone that has proved itself is blocked by nobody behind its NAT, until it sends a wrong password", () => {
  const { guesses, guess } = scene();
  const phone = at("10.0.0.1", 40_001);
  guesses.right("ann", phone);
  guess("ann", 10);
  for (let user = 0; user < 12; user += 1) guess(`user${user}`, 9);
  expect([guesses.waitSeconds("ann", phone), guesses.waitSeconds("ann", office)]).toEqual([0, 600]);
  guesses.wrong("ann", phone);
  expect(guesses.waitSeconds("ann", phone)).toBe(600);
});

test("ten phones with an old password do not block an office's other phones on new ports", () => {
  const { guesses, guess } = scene();
  guesses.right("ann", at("10.0.0.1", 40_001));
  for (let user = 0; user < 10; user += 1) guess(`user${user}`, 10);
  const reconnected = at("10.0.0.1", 40_002);
  expect([guesses.waitSeconds("ann", reconnected), guesses.waitSeconds("new", reconnected)]).toEqual([0, 600]);
  guess("ann", 10);
  expect(guesses.waitSeconds("ann", reconnected)).toBe(600);
});

test("an IPv6 household is one source, an IPv4 address written in IPv6 is itself", () => {
  const { guesses, guess } = scene();
  for (let host = 1; host <= 10; host += 1) guess("ann", 1, at(`2001:db8:1:2::${host}`));
  guess("ann", 10, at("::ffff:10.0.0.9"));
  expect(guesses.waitSeconds("ann", at("2001:db8:1:2:aaaa::1"))).toBe(600);
  expect(guesses.waitSeconds("ann", at("2001:db8:1:3::1"))).toBe(0);
  expect(guesses.waitSeconds("ann", at("10.0.0.9"))).toBe(600);
});

test("a flood from ever new addresses drops nobody's count, and is counted as one source itself", async () => {
  const { clock, guesses, guess } = scene();
  guess("ann", 10);
  const flood = (from: number): void => {
    for (let host = from; host < from + 10_200; host += 1)
      guess("ben", 1, at(`10.${1 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`));
  };
  flood(0);
  expect([guesses.waitSeconds("ann", office), guesses.waitSeconds("ben", at("10.99.0.1"))]).toEqual([600, 600]);
  await clock.advance(600_000);
  expect([guesses.waitSeconds("ann", office), guesses.waitSeconds("ben", at("10.99.0.1"))]).toEqual([0, 0]);
});

test("of a name that is longer than any user's only the beginning is kept", () => {
  const { guesses, guess } = scene();
  const longest = "x".repeat(64);
  for (let n = 0; n < 10; n += 1) guess(`${longest}${n}`, 1);
  expect([guesses.waitSeconds(`${longest}${"y".repeat(16_000)}`, office), guesses.waitSeconds("ann", office)]).toEqual([
    600, 0,
  ]);
});
