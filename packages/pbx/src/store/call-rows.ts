import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { type Ending, type EndingCode, ending } from "../kernel/ending.ts";
import type { CallChange, CallRecord, HistoryQuery, LegRecord, OpenRecord } from "./history.ts";

type Row = {
  readonly id: string;
  readonly direction: CallRecord["direction"];
  readonly caller: string;
  readonly callee: string;
  readonly started_ms: number;
  readonly rung_ms: number | null;
  readonly answered_ms: number | null;
  readonly answered_by: string | null;
  readonly ended_ms: number;
  readonly code: EndingCode;
  readonly words: string;
  readonly sip: number;
  readonly q850: number;
  readonly ended_by: Ending["by"];
  readonly legs: string | null;
  readonly changes: string | null;
  readonly left_out: number | null;
};

/** The rows of calls and of their users. */
export class CallRows {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = statementsOf(database);
  }

  write(record: OpenRecord | CallRecord): void {
    this.#statements.put.run(...valuesOf(record));
    for (const user of record.users) this.#statements.putUser.run(user, record.startedAtMs, record.id);
  }

  read({ limit, ...query }: HistoryQuery): readonly CallRecord[] {
    const conditions = conditionsOf(query);
    const where = conditions.map(({ sql }) => ` AND ${sql}`).join("");
    const text = `SELECT * FROM calls WHERE ended_ms IS NOT NULL${where} ORDER BY started_ms DESC, rowid DESC LIMIT ?`;
    const rows = this.#database.prepare(text).all(...conditions.flatMap(({ values }) => values), limit) as Row[];
    return rows.map((row) => this.#recordOf(row));
  }

  get(id: string): CallRecord | undefined {
    const row = this.#statements.one.get(id) as Row | undefined;
    return row && this.#recordOf(row);
  }

  /** The server is running, and so are the calls that are not over. */
  noteAlive(atMs: number): void {
    this.#statements.noteAlive.run(atMs);
  }

  /** Closes the calls that were active when the server was lost: they ended when it was last known to run, or later. */
  closeLost(): void {
    const { code, words, sip, q850, by } = ending("server-lost");
    this.#statements.closeLost.run(code, words, sip, q850, by);
  }

  forgetBefore(oldestMs: number): void {
    this.#statements.forget.run(oldestMs);
  }

  #recordOf(row: Row): CallRecord {
    const users = (this.#statements.users.all(row.id) as { user: string }[]).map(({ user }) => user);
    return recordOf(row, users);
  }
}

type Condition = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** What a query names, each part as a condition of its own. */
function conditionsOf({ user, number, sinceMs, untilMs, before }: Omit<HistoryQuery, "limit">): readonly Condition[] {
  const given: readonly (readonly [string, readonly (SQLInputValue | undefined)[]])[] = [
    ["id IN (SELECT call FROM call_users WHERE user = ?)", [user]],
    ["(caller = ? OR callee = ?)", [number, number]],
    ["started_ms >= ?", [sinceMs]],
    ["started_ms < ?", [untilMs]],
    ["(started_ms, rowid) < (SELECT started_ms, rowid FROM calls WHERE id = ?)", [before]],
  ];
  return given.flatMap(([sql, values]) => {
    const known = values.filter((value) => value !== undefined);
    return known.length === values.length ? [{ sql, values: known }] : [];
  });
}

const statementsOf = (database: DatabaseSync) => ({
  put: database.prepare(
    `INSERT INTO calls (id, direction, caller, callee, started_ms, rung_ms, answered_ms, answered_by,
       ended_ms, code, words, sip, q850, ended_by, legs, changes, left_out)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       rung_ms = excluded.rung_ms, answered_ms = excluded.answered_ms, answered_by = excluded.answered_by,
       ended_ms = excluded.ended_ms, code = excluded.code, words = excluded.words, sip = excluded.sip,
       q850 = excluded.q850, ended_by = excluded.ended_by, legs = excluded.legs,
       changes = excluded.changes, left_out = excluded.left_out`,
  ),
  putUser: database.prepare("INSERT OR IGNORE INTO call_users VALUES (?, ?, ?)"),
  one: database.prepare("SELECT * FROM calls WHERE id = ? AND ended_ms IS NOT NULL"),
  users: database.prepare("SELECT user FROM call_users WHERE call = ? ORDER BY user"),
  noteAlive: database.prepare(
    "INSERT INTO alive VALUES (1, ?) ON CONFLICT (only_row) DO UPDATE SET at_ms = excluded.at_ms",
  ),
  closeLost: database.prepare(
    `UPDATE calls SET
       ended_ms = max(coalesce(answered_ms, started_ms), coalesce((SELECT at_ms FROM alive), 0)),
       code = ?, words = ?, sip = ?, q850 = ?, ended_by = ?
     WHERE ended_ms IS NULL`,
  ),
  forget: database.prepare("DELETE FROM calls WHERE started_ms < ?"),
});

function valuesOf(record: OpenRecord | CallRecord): SQLInputValue[] {
  const { id, direction, from, to, startedAtMs, rungAtMs, answeredAtMs, answeredBy } = record;
  const begun = [id, direction, from, to, startedAtMs, rungAtMs ?? null, answeredAtMs ?? null, answeredBy ?? null];
  if (!("ending" in record)) return [...begun, ...Array(9).fill(null)];
  const { code, words, sip, q850, by } = record.ending;
  const changes = record.changes === undefined ? null : JSON.stringify(record.changes);
  return [
    ...begun,
    record.endedAtMs,
    code,
    words,
    sip,
    q850,
    by,
    JSON.stringify(record.legs),
    changes,
    record.leftOut ?? null,
  ];
}

const recordOf = (row: Row, users: readonly string[]): CallRecord => ({
  id: row.id,
  direction: row.direction,
  from: row.caller,
  to: row.callee,
  users,
  startedAtMs: row.started_ms,
  ...(row.rung_ms !== null && { rungAtMs: row.rung_ms }),
  ...(row.answered_ms !== null && { answeredAtMs: row.answered_ms }),
  ...(row.answered_by !== null && { answeredBy: row.answered_by }),
  endedAtMs: row.ended_ms,
  ending: { code: row.code, words: row.words, sip: row.sip, q850: row.q850, by: row.ended_by },
  legs: row.legs === null ? [] : (JSON.parse(row.legs) as LegRecord[]),
  ...(row.changes !== null && { changes: JSON.parse(row.changes) as CallChange[] }),
  ...(row.left_out !== null && { leftOut: row.left_out }),
});
