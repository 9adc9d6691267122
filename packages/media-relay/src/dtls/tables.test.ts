import { describe, expect, test } from "vitest";
import type { Table } from "../kernel/table.ts";
import { clientTable } from "./client-table.ts";
import { serverTable } from "./server-table.ts";

type AnyTable = Table<string, string, string>;

const tables = [
  {
    name: "server",
    table: serverTable as AnyTable,
    proofs: ["checkFingerprint", "verifyPossession", "verifyFinished"],
  },
  {
    name: "client",
    table: clientTable as AnyTable,
    proofs: ["checkFingerprint", "verifyPossession", "verifyFinished"],
  },
];

/** The actions on every way through the table that ends connected, repeated states left out. */
function waysFrom(
  table: AnyTable,
  state: string,
  done: readonly string[] = [],
  seen: readonly string[] = [],
): string[][] {
  if (state === "connected") return [[...done]];
  const rules = Object.values(table[state] ?? {}).filter((rule) => rule !== undefined);
  return rules.flatMap(({ to, run }) =>
    to === state || seen.includes(to) ? [] : waysFrom(table, to, [...done, ...run], [...seen, state]),
  );
}

describe.each(tables)("the table of a DTLS $name", ({ table, proofs }) => {
  const ways = waysFrom(table, "awaitingHello");

  test("connects only after the certificate, its key and Finished are verified, in that order", () => {
    expect(ways.length).toBeGreaterThan(0);
    for (const way of ways) {
      expect(way.filter((action) => proofs.includes(action))).toEqual(proofs);
      expect(way.at(-1)).toBe("connect");
      expect(way.filter((action) => action === "connect")).toHaveLength(1);
    }
  });

  test("reaches every state, and nothing leaves the last", () => {
    const reached = new Set(["awaitingHello"]);
    for (const state of reached) for (const rule of Object.values(table[state] ?? {})) reached.add(rule?.to ?? state);
    expect([...reached].toSorted()).toEqual(Object.keys(table).toSorted());
    expect(table.connected).toEqual({});
  });
});
