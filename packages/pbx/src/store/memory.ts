import type { Binding, BindingKey, Bindings } from "./bindings.ts";
import type { Budgets } from "./budgets.ts";
import type { CallRecord, History, HistoryQuery } from "./history.ts";

/** Bindings in this process's memory, those to begin with among them. */
export function memoryBindings(initial: readonly Binding[] = []): Bindings {
  const keyOf = ({ user, contact, node, flow }: BindingKey): string => `${user} ${contact} ${node} ${flow}`;
  const byKey = new Map(initial.map((binding) => [keyOf(binding), binding]));
  const alive = (nowMs: number): Binding[] => {
    for (const [key, binding] of byKey) if (binding.expiresAtMs <= nowMs) byKey.delete(key);
    return [...byKey.values()];
  };
  return {
    put: async (binding) => void byKey.set(keyOf(binding), binding),
    remove: async (binding) => void byKey.delete(keyOf(binding)),
    removeFlow: async (node, flow) => {
      for (const [key, binding] of byKey) if (binding.node === node && binding.flow === flow) byKey.delete(key);
    },
    of: async (user, nowMs) => alive(nowMs).filter((binding) => binding.user === user),
    all: async (nowMs) => alive(nowMs),
  };
}

/** The last `capacity` records in this process's memory. */
export function memoryHistory(capacity = 10_000): History {
  const records: CallRecord[] = [];
  return {
    counters: { waiting: 0, dropped: 0 },
    note: async () => {},
    close: async () => {},
    add: async (record) => {
      records.push(record);
      if (records.length > capacity) records.shift();
    },
    get: async (id) => records.find((record) => record.id === id),
    latest: async ({ limit, before, ...query }) => {
      const older = before === undefined ? records : records.slice(0, indexOf(records, before));
      return older
        .filter((record) => matches(record, query))
        .slice(-limit)
        .reverse();
    },
  };
}

const indexOf = (records: readonly CallRecord[], id: string): number =>
  Math.max(
    0,
    records.findIndex((record) => record.id === id),
  );

function matches(
  { users, from, to, startedAtMs }: CallRecord,
  { user, number, sinceMs, untilMs }: Omit<HistoryQuery, "limit" | "before">,
): boolean {
  return (
    (user === undefined || users.includes(user)) &&
    (number === undefined || from === number || to === number) &&
    startedAtMs >= (sinceMs ?? 0) &&
    startedAtMs < (untilMs ?? Number.POSITIVE_INFINITY)
  );
}

/** Minutes in this process's memory; those of other days than the last are forgotten. */
export function memoryBudgets(): Budgets {
  let today = "";
  let used = new Map<string, number>();
  return {
    talk: async (user, day, seconds) => {
      if (day < today) return;
      if (day !== today) [today, used] = [day, new Map()];
      used.set(user, (used.get(user) ?? 0) + seconds);
    },
    usedSeconds: async (user, day) => (day === today ? (used.get(user) ?? 0) : 0),
  };
}
