import { expect, test } from "vitest";
import { Numbering } from "./numbering.ts";
import { makeRtp, rtp } from "./rtp.ts";
import { elsewhere } from "./run.ts";

/** Numbers packets after 99; what is too old gives nothing. */
function numbering() {
  const numbers = new Numbering(99);
  const packet = (seq: number): Uint8Array =>
    makeRtp({ payloadType: 0, seq: seq & 0xffff, timestamp: 0, ssrc: 1 }, new Uint8Array(1));
  const give = (seq: number): number | undefined => {
    const one = packet(seq);
    const step = numbers.stepTo(one);
    if (step === elsewhere) numbers.begin(one);
    else if (!numbers.renumber(one, step)) return undefined;
    return rtp.seq(one);
  };
  return { numbers, give, omit: (seq: number) => numbers.omit(packet(seq)) };
}

test("losses and lateness stay as they are, over the wrap", () => {
  const { give } = numbering();
  expect([65_534, 65_535, 1, 0, 4].map(give)).toEqual([100, 101, 103, 102, 106]);
});

test("what is older than the beginning has no number of its own", () => {
  const { numbers, give } = numbering();
  expect([10, 9, 12, 11, 8].map(give)).toEqual([100, undefined, 102, 101, undefined]);
  numbers.end();
  expect([14, 13, 12, 15].map(give)).toEqual([103, undefined, undefined, 104]);
});

test("what is left out leaves no gap, and nothing from before it takes a number again", () => {
  const { give, omit } = numbering();
  expect([10, 12].map(give)).toEqual([100, 102]);
  omit(13);
  omit(15);
  expect([16, 14, 11, 18, 17].map(give)).toEqual([104, undefined, undefined, 106, 105]);
});

test("leaving out what is late, or of another run, changes nothing", () => {
  const { give, omit } = numbering();
  omit(10);
  expect([10, 12].map(give)).toEqual([100, 102]);
  omit(11);
  expect(give(13)).toBe(103);
});

test("a number can be taken in between", () => {
  const { numbers, give } = numbering();
  expect([10, 11].map(give)).toEqual([100, 101]);
  expect([numbers.take(), numbers.take()]).toEqual([102, 103]);
  expect([11, 10, 12, 14, 13].map(give)).toEqual([undefined, undefined, 104, 106, 105]);
});
