import { describe, expect, test } from "vitest";
import { ReplayList } from "./replay-list.ts";

describe("the replay list", () => {
  test("takes each of 64 packets and more behind the newest once, in any order", () => {
    const list = new ReplayList();
    list.take(1000);
    for (let index = 999; index > 1000 - 128; index -= 1) {
      expect(list.isFresh(index)).toBe(true);
      list.take(index);
      expect(list.isFresh(index)).toBe(false);
    }
    expect(list.isFresh(1000)).toBe(false);
    expect(list.highest).toBe(1000);
  });

  test("refuses what is too old to tell", () => {
    const list = new ReplayList();
    list.take(5);
    list.take(1000);
    expect(list.isFresh(1000 - 128)).toBe(false);
    expect(list.isFresh(5)).toBe(false);
  });

  test("takes whatever is newer", () => {
    const list = new ReplayList();
    expect(list.isFresh(0)).toBe(true);
    list.take(0);
    expect(list.isFresh(0)).toBe(false);
    expect(list.isFresh(2 ** 47)).toBe(true);
  });
});
