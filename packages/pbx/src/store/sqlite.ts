import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import { messageOf, PbxError } from "../kernel/errors.ts";
import type { WallClock } from "../kernel/time.ts";
import { invitationRows, passkeyRows, sessionRows } from "./access-rows.ts";
import { BindingRows } from "./binding-rows.ts";
import type { Binding, Bindings } from "./bindings.ts";
import { type Budgets, type Day, dayOf } from "./budgets.ts";
import { CallRows } from "./call-rows.ts";
import type { CallRecord, History, HistoryQuery, OpenRecord } from "./history.ts";
import type { Invitations } from "./invitations.ts";
import { mirroredBindings } from "./mirrored-bindings.ts";
import type { Passkeys } from "./passkeys.ts";
import { migrate } from "./schema.ts";
import type { Sessions } from "./sessions.ts";

export type SqliteOptions = {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** Older records are deleted. */
  readonly historyDays: number;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  /** Told once when records cannot be written any more, with the reason, and once when they can again. */
  readonly onTrouble?: (why: string) => void;
  readonly onRecovered?: (waiting: number) => void;
};

/** Records of one moment are written together. */
const gatherMs = 100;
const retryMs = 1000;
/** While calls are active it is noted this often that the server runs: a lost server's calls end then. */
const aliveMs = 5000;
const maxWaiting = 10_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What lasts from one start to the next. */
export type SqliteStore = {
  readonly history: History;
  readonly budgets: Budgets;
  readonly bindings: Bindings;
  readonly invitations: Invitations;
  readonly sessions: Sessions;
  readonly passkeys: Passkeys;
};

/**
 * Opens the records of calls, the minutes of users, the phones that are online and who is signed in; closing the history
 * closes all. Calls that were up when the server was lost are closed with words.
 * @throws PbxError STORAGE_UNUSABLE with what is wrong with the file
 */
export function sqliteStore(options: SqliteOptions): SqliteStore {
  const database = open(options.path);
  const store = new Sqlite(database, options);
  return {
    history: store,
    budgets: store,
    bindings: store.bindings,
    invitations: invitationRows(database),
    sessions: sessionRows(database),
    passkeys: passkeyRows(database),
  };
}

function open(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2000 });
    // Who called whom is nobody else's business. What SQLite writes beside the file gets its mode.
    if (path !== ":memory:") chmodSync(path, 0o600);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
    migrate(database);
    database.exec("PRAGMA busy_timeout = 0");
    return database;
  } catch (error) {
    database?.close();
    const hint =
      "Check that the folder exists and is writable and that no other program uses the file, or move the file away.";
    throw new PbxError("STORAGE_UNUSABLE", `${path} cannot be used: ${messageOf(error)}. ${hint}`, { cause: error });
  }
}

class Sqlite implements History, Budgets {
  readonly #database: DatabaseSync;
  readonly #options: SqliteOptions;
  readonly #statements: ReturnType<typeof talkStatements>;
  readonly #callRows: CallRows;
  readonly #bindingRows: BindingRows;
  readonly bindings: Bindings;
  readonly #waiting = new Map<string, OpenRecord | CallRecord>();
  /** Seconds that are not written yet, by user and day. */
  readonly #talked = new Map<string, { readonly user: string; readonly day: Day; readonly seconds: number }>();
  /** What is bound now, where that is not written yet. */
  #bound: readonly Binding[] | undefined;
  #dropped = 0;
  #isTroubled = false;
  #stopFlush: (() => void) | undefined;
  #stopSweep: () => void = () => {};
  /** The calls that are not over. */
  readonly #active = new Set<string>();
  #stopAlive: (() => void) | undefined;
  #isAliveDue = false;

  constructor(database: DatabaseSync, options: SqliteOptions) {
    this.#database = database;
    this.#options = options;
    this.#statements = talkStatements(database);
    this.#callRows = new CallRows(database);
    this.#bindingRows = new BindingRows(database);
    this.bindings = mirroredBindings(this.#bindingRows.read(), (all) => {
      this.#bound = all;
      this.#flushSoon();
    });
    this.#callRows.closeLost();
    this.#sweep();
  }

  get counters() {
    return { waiting: this.#waiting.size, dropped: this.#dropped };
  }

  async note(record: OpenRecord): Promise<void> {
    this.#active.add(record.id);
    this.#stopAlive ??= this.#noteAliveSoon();
    this.#wait(record);
  }

  async add(record: CallRecord): Promise<void> {
    this.#active.delete(record.id);
    this.#wait(record);
  }

  async talk(user: UserName, day: Day, seconds: number): Promise<void> {
    const key = `${user} ${day}`;
    this.#talked.set(key, { user, day, seconds: seconds + (this.#talked.get(key)?.seconds ?? 0) });
    this.#flushSoon();
  }

  /** What is not written yet counts. */
  async usedSeconds(user: UserName, day: Day): Promise<number> {
    const row = this.#statements.talked.get(user, day) as { seconds: number } | undefined;
    return (row?.seconds ?? 0) + (this.#talked.get(`${user} ${day}`)?.seconds ?? 0);
  }

  async latest(query: HistoryQuery): Promise<readonly CallRecord[]> {
    this.#flush();
    return this.#callRows.read(query);
  }

  async get(id: string): Promise<CallRecord | undefined> {
    this.#flush();
    return this.#callRows.get(id);
  }

  async close(): Promise<void> {
    this.#stopSweep();
    this.#stopAlive?.();
    this.#flush();
    this.#stopFlush?.();
    this.#database.close();
  }

  /** A later word on a call replaces an earlier one that still waits. */
  #wait(record: OpenRecord | CallRecord): void {
    this.#waiting.delete(record.id);
    this.#waiting.set(record.id, record);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > maxWaiting && oldest !== undefined) {
      this.#waiting.delete(oldest);
      this.#dropped += 1;
    }
    this.#flushSoon();
  }

  #noteAliveSoon(): () => void {
    return this.#options.clock.after(aliveMs, () => {
      this.#stopAlive = this.#active.size > 0 ? this.#noteAliveSoon() : undefined;
      this.#isAliveDue = true;
      this.#flush();
    });
  }

  #flushSoon(): void {
    this.#stopFlush ??= this.#options.clock.after(gatherMs, () => this.#flush());
  }

  #flush(): void {
    this.#stopFlush?.();
    this.#stopFlush = undefined;
    const isIdle = this.#waiting.size + this.#talked.size === 0 && !this.#isAliveDue;
    if (isIdle && this.#bound === undefined) return;
    try {
      this.#inTransaction(() => {
        for (const record of this.#waiting.values()) this.#callRows.write(record);
        if (this.#bound !== undefined) this.#bindingRows.write(this.#bound);
        if (this.#isAliveDue) this.#callRows.noteAlive(this.#options.wallClock());
        for (const { user, day, seconds } of this.#talked.values()) this.#statements.talk.run(user, day, seconds);
      });
    } catch (error) {
      return this.#suffer(error);
    }
    const written = this.#waiting.size;
    this.#waiting.clear();
    this.#talked.clear();
    this.#bound = undefined;
    this.#isAliveDue = false;
    if (this.#isTroubled) this.#options.onRecovered?.(written);
    this.#isTroubled = false;
  }

  #suffer(error: unknown): void {
    if (!this.#isTroubled) this.#options.onTrouble?.(messageOf(error));
    this.#isTroubled = true;
    this.#stopFlush = this.#options.clock.after(retryMs, () => this.#flush());
  }

  #inTransaction(write: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      write();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #sweep(): void {
    try {
      const oldestMs = this.#options.wallClock() - this.#options.historyDays * dayMs;
      this.#callRows.forgetBefore(oldestMs);
      this.#statements.forgetTalked.run(dayOf(oldestMs));
    } catch (error) {
      this.#suffer(error);
    }
    this.#stopSweep = this.#options.clock.after(hourMs, () => this.#sweep());
  }
}

const talkStatements = (database: DatabaseSync) => ({
  talk: database.prepare(
    `INSERT INTO talked VALUES (?, ?, ?) ON CONFLICT (user, day) DO UPDATE SET seconds = seconds + excluded.seconds`,
  ),
  talked: database.prepare("SELECT seconds FROM talked WHERE user = ? AND day = ?"),
  forgetTalked: database.prepare("DELETE FROM talked WHERE day < ?"),
});
