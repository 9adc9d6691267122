import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { Guesses } from "./guesses.ts";

test("ten wrong passwords shut an address out until ten minutes after the first of them", async () => {
  const clock = new FakeClock();
  const guesses = new Guesses(clock);
  for (let count = 0; count < 9; count += 1) guesses.wrong("10.0.0.1");
  expect(guesses.waitSeconds("10.0.0.1")).toBe(0);
  await clock.advance(60_000);
  guesses.wrong("10.0.0.1");
  expect([guesses.waitSeconds("10.0.0.1"), guesses.waitSeconds("10.0.0.2")]).toEqual([540, 0]);
  await clock.advance(540_000);
  expect(guesses.waitSeconds("10.0.0.1")).toBe(0);
});

test("the right password forgives the wrong ones before it", () => {
  const guesses = new Guesses(new FakeClock());
  for (let count = 0; count < 9; count += 1) guesses.wrong("10.0.0.1");
  guesses.right("10.0.0.1");
  guesses.wrong("10.0.0.1");
  expect(guesses.waitSeconds("10.0.0.1")).toBe(0);
});

test("a flood from ever new addresses pushes out the oldest only", () => {
  const guesses = new Guesses(new FakeClock());
  const shutOut = (address: string): void => {
    for (let count = 0; count < 10; count += 1) guesses.wrong(address);
  };
  shutOut("10.0.0.1");
  for (let at = 0; at < 9999; at += 1) guesses.wrong(`10.1.${at >> 8}.${at & 255}`);
  expect(guesses.waitSeconds("10.0.0.1")).toBe(600);
  guesses.wrong("10.2.0.1");
  expect(guesses.waitSeconds("10.0.0.1")).toBe(0);
});
