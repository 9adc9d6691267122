import type { DatabaseSync } from "node:sqlite";
import { PbxError } from "../kernel/errors.ts";

/** What makes each version of the schema from the one before; the number of a version is its place, from 1. */
const migrations: readonly string[] = [
  `CREATE TABLE calls (
     id TEXT PRIMARY KEY, direction TEXT NOT NULL, caller TEXT NOT NULL, callee TEXT NOT NULL,
     started_ms INTEGER NOT NULL, answered_ms INTEGER, ended_ms INTEGER,
     code TEXT, words TEXT, sip INTEGER, q850 INTEGER, ended_by TEXT
   ) STRICT;
   CREATE INDEX calls_by_time ON calls (started_ms);
   CREATE TABLE call_users (
     user TEXT NOT NULL, started_ms INTEGER NOT NULL, call TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
     PRIMARY KEY (user, started_ms, call)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX call_users_by_call ON call_users (call);`,
  `CREATE TABLE talked (
     user TEXT NOT NULL, day TEXT NOT NULL, seconds INTEGER NOT NULL, PRIMARY KEY (user, day)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE bindings (
     user TEXT NOT NULL, contact TEXT NOT NULL, node TEXT NOT NULL, flow TEXT NOT NULL, transport TEXT NOT NULL,
     address TEXT NOT NULL, port INTEGER NOT NULL, instance TEXT, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,
     expires_ms INTEGER NOT NULL, PRIMARY KEY (user, contact)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE calls ADD COLUMN rung_ms INTEGER;
   ALTER TABLE calls ADD COLUMN answered_by TEXT;
   ALTER TABLE calls ADD COLUMN legs TEXT;
   CREATE INDEX calls_by_caller ON calls (caller);
   CREATE INDEX calls_by_callee ON calls (callee);`,
  "ALTER TABLE calls ADD COLUMN changes TEXT;",
  `CREATE TABLE invitations (hash TEXT PRIMARY KEY, user TEXT NOT NULL, expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE sessions (
     id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, user TEXT NOT NULL, way TEXT NOT NULL, passkey TEXT,
     browser TEXT NOT NULL, created_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE passkeys (
     id TEXT PRIMARY KEY, credential TEXT NOT NULL UNIQUE, user TEXT NOT NULL, public_key BLOB NOT NULL,
     counter INTEGER NOT NULL, transports TEXT NOT NULL, session TEXT NOT NULL, browser TEXT NOT NULL,
     created_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE alive (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), at_ms INTEGER NOT NULL) STRICT;
   ALTER TABLE calls ADD COLUMN left_out INTEGER;`,
  `CREATE TABLE phones (
     user TEXT NOT NULL, contact TEXT NOT NULL, node TEXT NOT NULL, flow TEXT NOT NULL, transport TEXT NOT NULL,
     address TEXT NOT NULL, port INTEGER NOT NULL, instance TEXT, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,
     expires_ms INTEGER NOT NULL, PRIMARY KEY (user, contact, node, flow)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO phones SELECT * FROM bindings;
   DROP TABLE bindings;
   ALTER TABLE phones RENAME TO bindings;`,
  "ALTER TABLE bindings ADD COLUMN credential_check INTEGER;",
];

/** Brings a database to the schema of this version, or of an older one. @throws PbxError STORAGE_UNUSABLE for one that a newer version has made */
export function migrate(database: DatabaseSync, newest = migrations.length): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > migrations.length) {
    const why = `it was made by a newer version of Trunkline (schema ${version}, this one knows ${migrations.length})`;
    throw new PbxError("STORAGE_UNUSABLE", why);
  }
  for (const [at, statements] of migrations.slice(version, newest).entries()) {
    database.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${version + at + 1}; COMMIT`);
  }
}
