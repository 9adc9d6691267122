import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { UserName } from "../domain/names.ts";
import type { Invitation, Invitations } from "./invitations.ts";
import type { Passkey, Passkeys } from "./passkeys.ts";
import type { Session, Sessions, SignInWay } from "./sessions.ts";

type InvitationRow = { readonly hash: string; readonly user: string; readonly expires_ms: number };
type SessionRow = {
  readonly id: string;
  readonly hash: string;
  readonly user: string;
  readonly way: SignInWay;
  readonly passkey: string | null;
  readonly browser: string;
  readonly created_ms: number;
  readonly used_ms: number;
  readonly expires_ms: number;
};
type PasskeyRow = {
  readonly id: string;
  readonly credential: string;
  readonly user: string;
  readonly public_key: Uint8Array;
  readonly counter: number;
  readonly transports: string;
  readonly session: string;
  readonly browser: string;
  readonly created_ms: number;
  readonly used_ms: number;
};

const rowOf = <Row>(statement: StatementSync, ...values: readonly (string | number)[]): Row | undefined =>
  statement.get(...values) as Row | undefined;
const rowsOf = <Row>(statement: StatementSync, ...values: readonly (string | number)[]): readonly Row[] =>
  statement.all(...values) as Row[];

/** Links on disk. Whatever lets people in is written before anybody is told of it; a disk that fails lets nobody in. */
export function invitationRows(database: DatabaseSync): Invitations {
  const add = database.prepare("INSERT INTO invitations VALUES (?, ?, ?)");
  const get = database.prepare("SELECT * FROM invitations WHERE hash = ? AND expires_ms > ?");
  const take = database.prepare("DELETE FROM invitations WHERE hash = ? AND expires_ms > ? RETURNING *");
  const all = database.prepare("SELECT * FROM invitations WHERE expires_ms > ? ORDER BY expires_ms");
  const remove = database.prepare("DELETE FROM invitations WHERE hash = ?");
  const expire = database.prepare("DELETE FROM invitations WHERE expires_ms <= ?");
  return {
    add: async ({ hash, user, expiresAtMs }) => void add.run(hash, user, expiresAtMs),
    get: async (hash, nowMs) => invitationOf(rowOf(get, hash, nowMs)),
    take: async (hash, nowMs) => invitationOf(rowOf(take, hash, nowMs)),
    all: async (nowMs) => rowsOf<InvitationRow>(all, nowMs).map((row) => invitationOf(row)!),
    remove: async (hash) => void remove.run(hash),
    expire: async (nowMs) => void expire.run(nowMs),
  };
}

const invitationOf = (row: InvitationRow | undefined): Invitation | undefined =>
  row && { hash: row.hash, user: row.user as UserName, expiresAtMs: row.expires_ms };

/** Sessions on disk. */
export function sessionRows(database: DatabaseSync): Sessions {
  const add = database.prepare("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const used = database.prepare("UPDATE sessions SET used_ms = ? WHERE id = ?");
  const withHash = database.prepare("SELECT * FROM sessions WHERE hash = ? AND expires_ms > ?");
  const all = database.prepare("SELECT * FROM sessions WHERE expires_ms > ? ORDER BY created_ms, id");
  const remove = database.prepare("DELETE FROM sessions WHERE id = ?");
  const expire = database.prepare("DELETE FROM sessions WHERE expires_ms <= ? RETURNING *");
  return {
    add: async ({ id, hash, user, way, passkey, browser, createdAtMs, usedAtMs, expiresAtMs }) =>
      void add.run(id, hash, user, way, passkey ?? null, browser, createdAtMs, usedAtMs, expiresAtMs),
    used: async (id, usedAtMs) => void used.run(usedAtMs, id),
    withHash: async (hash, nowMs) => rowsOf<SessionRow>(withHash, hash, nowMs).map(sessionOf)[0],
    all: async (nowMs) => rowsOf<SessionRow>(all, nowMs).map(sessionOf),
    remove: async (id) => void remove.run(id),
    expire: async (nowMs) => rowsOf<SessionRow>(expire, nowMs).map(sessionOf),
  };
}

const sessionOf = ({ id, hash, user, way, passkey, browser, ...row }: SessionRow): Session => ({
  id,
  hash,
  user: user as UserName,
  way,
  ...(passkey !== null && { passkey }),
  browser,
  createdAtMs: row.created_ms,
  usedAtMs: row.used_ms,
  expiresAtMs: row.expires_ms,
});

/** Passkeys on disk. */
export function passkeyRows(database: DatabaseSync): Passkeys {
  const add = database.prepare("INSERT INTO passkeys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const used = database.prepare("UPDATE passkeys SET counter = ?, used_ms = ? WHERE id = ?");
  const withCredential = database.prepare("SELECT * FROM passkeys WHERE credential = ?");
  const all = database.prepare("SELECT * FROM passkeys ORDER BY created_ms, id");
  const remove = database.prepare("DELETE FROM passkeys WHERE id = ?");
  return {
    add: async ({ id, credential, user, publicKey, counter, transports, ...passkey }) => {
      const { session, browser, createdAtMs, usedAtMs } = passkey;
      const key = [id, credential, user, publicKey, counter] as const;
      add.run(...key, JSON.stringify(transports), session, browser, createdAtMs, usedAtMs);
    },
    used: async (id, { counter, usedAtMs }) => used.run(counter, usedAtMs, id).changes > 0,
    withCredential: async (credential) => rowsOf<PasskeyRow>(withCredential, credential).map(passkeyOf)[0],
    all: async () => rowsOf<PasskeyRow>(all).map(passkeyOf),
    remove: async (id) => void remove.run(id),
  };
}

const passkeyOf = ({ id, credential, user, counter, transports, session, browser, ...row }: PasskeyRow): Passkey => ({
  id,
  credential,
  user: user as UserName,
  publicKey: row.public_key,
  counter,
  transports: JSON.parse(transports) as string[],
  session,
  browser,
  createdAtMs: row.created_ms,
  usedAtMs: row.used_ms,
});
