import { describe, expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import * as errors from "./errors.ts";
import { fraction, newBranch, newTag, newToken, random32, systemRandom } from "./random.ts";
import { step, type Table } from "./table.ts";

describe("errors", () => {
  const classes = Object.values(errors).filter((value) => typeof value === "function");

  test("every code has one class and every class a code of the list", () => {
    const codes = classes
      .filter((value) => value !== errors.SipError)
      .map((value) => new (value as typeof errors.TransactionTimeout)().code);
    expect(codes.toSorted()).toEqual(Object.keys(errors.sipErrors).toSorted());
  });

  test("an error carries its code, its status, its name and either the detail or the meaning", () => {
    const cause = new Error("ECONNREFUSED");
    const error = new errors.TransportFailed("peer unreachable", { cause });
    expect(error).toMatchObject({ code: "SIP_TRANSPORT_FAILED", status: 503, name: "TransportFailed", cause });
    expect(error.message).toBe("peer unreachable");
    expect(new errors.DialogGone().message).toBe(errors.sipErrors.SIP_DIALOG_GONE.meaning);
  });
});

describe("random", () => {
  test("a branch is the cookie and 16 bytes in hex, a tag 16 bytes", () => {
    const bytes = (length: number) => new Uint8Array(length).fill(0xab);
    expect(newBranch(bytes)).toBe(`z9hG4bK${"ab".repeat(16)}`);
    expect(newTag(bytes)).toBe("ab".repeat(16));
    expect(newToken(systemRandom)).not.toBe(newToken(systemRandom));
  });

  test("the system's bytes never come twice, whatever lengths are asked for", () => {
    const given = Array.from({ length: 2000 }, (_, at) => Buffer.from(systemRandom(16 + (at % 7))).toString("hex"));
    expect(new Set(given).size).toBe(given.length);
    expect(given.every((hex, at) => hex.length === 2 * (16 + (at % 7)))).toBe(true);
    expect(systemRandom(10_000)).toHaveLength(10_000);
  });

  test("numbers come from bytes of their own", () => {
    const numbers = Array.from({ length: 200 }, () => random32(systemRandom));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("a fraction stays below one", () => {
    expect(fraction((length) => new Uint8Array(length).fill(0xff))).toBeLessThan(1);
    expect(fraction((length) => new Uint8Array(length))).toBe(0);
  });
});

test("a table gives the rule of a cell and nothing for an empty one", () => {
  const table: Table<"on" | "off", "press", "click"> = { on: { press: { to: "off", run: ["click"] } }, off: {} };
  expect(step(table, "on", "press")).toEqual({ to: "off", run: ["click"] });
  expect(step(table, "off", "press")).toBeUndefined();
});

test("the system clock runs a task once and not at all when cancelled, even twice", async () => {
  let runs = 0;
  const cancel = systemClock.after(0, () => {
    runs += 100;
  });
  cancel();
  cancel();
  await new Promise<void>((resolve) => systemClock.after(0, () => resolve(void runs++)));
  expect(runs).toBe(1);
});
