import { expect, test } from "vitest";
import { invitationsConformance, passkeysConformance, sessionsConformance } from "./access-conformance.ts";
import { bindingsConformance, budgetsConformance, historyConformance, record } from "./conformance.ts";
import { memoryBindings, memoryBudgets, memoryHistory } from "./memory.ts";
import { memoryInvitations, memoryPasskeys, memorySessions } from "./memory-access.ts";

bindingsConformance("memory", memoryBindings);
historyConformance("memory", memoryHistory);
budgetsConformance("memory", memoryBudgets);
invitationsConformance("memory", memoryInvitations);
sessionsConformance("memory", memorySessions);
passkeysConformance("memory", memoryPasskeys);

test("records in memory are bounded: the oldest go first", async () => {
  const store = memoryHistory(2);
  for (const id of ["1", "2", "3"]) await store.add(record(id, "alice"));
  expect((await store.latest({ limit: 9 })).map(({ id }) => id)).toEqual(["3", "2"]);
});
