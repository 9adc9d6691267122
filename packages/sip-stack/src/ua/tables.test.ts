import { describe, expect, test } from "vitest";
import type { Table } from "../kernel/table.ts";
import { incomingTable } from "./incoming-table.ts";
import { outgoingTable } from "./outgoing-table.ts";

type AnyTable = Table<string, string, string>;

const tables = [
  { name: "incoming", table: incomingTable as AnyTable, start: "arriving" },
  { name: "outgoing", table: outgoingTable as AnyTable, start: "inviting" },
];

function followers(table: AnyTable, state: string): string[] {
  return Object.values(table[state] ?? {}).flatMap((rule) => (rule === undefined ? [] : [rule.to]));
}

function reachable(table: AnyTable, start: string): Set<string> {
  const found = new Set([start]);
  for (const state of found) for (const next of followers(table, state)) found.add(next);
  return found;
}

describe.each(tables)("the table of $name calls", ({ table, start }) => {
  test("every state can be reached, and from every state the end", () => {
    expect([...reachable(table, start)].toSorted()).toEqual(Object.keys(table).toSorted());
    for (const state of Object.keys(table)) expect(reachable(table, state).has("ended")).toBe(true);
  });

  test("nothing leaves the end", () => {
    expect(table.ended).toEqual({});
  });

  const cells = Object.entries(table).flatMap(([state, events]) =>
    Object.entries(events).flatMap(([event, rule]) => (rule === undefined ? [] : [{ state, event, rule }])),
  );

  test.each(cells)("$state, $event: the application hears of the end once", ({ state, rule }) => {
    const isHeard = (name: string): boolean => ["closing", "ended", "abandoned", "cancelling"].includes(name);
    const reports = rule.run.filter((action) => action.startsWith("report"));
    expect(reports).toHaveLength(isHeard(rule.to) && !isHeard(state) ? 1 : 0);
  });

  test.each(cells)(
    "$state, $event: a dialog that was confirmed is ended with BYE by the side that ends it",
    ({ state, event, rule }) => {
      const wasConfirmed = ["answered", "closing", "confirmed", "offered"].includes(state);
      const byUs = wasConfirmed && rule.to === "ended" && event !== "bye";
      expect(rule.run.some((action) => action === "sendBye" || action === "sendKeptBye")).toBe(byUs);
    },
  );
});
