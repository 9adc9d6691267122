import type { DatabaseSync } from "node:sqlite";
import type { UserName } from "../domain/names.ts";
import type { Binding } from "./bindings.ts";

type Row = {
  readonly user: string;
  readonly contact: string;
  readonly node: string;
  readonly flow: string;
  readonly transport: Binding["source"]["transport"];
  readonly address: string;
  readonly port: number;
  readonly instance: string | null;
  readonly call_id: string;
  readonly cseq: number;
  readonly expires_ms: number;
  readonly credential_check: number | null;
};

/** The bindings that are worth keeping over a restart: a connection does not outlive the process, a datagram needs none. */
export class BindingRows {
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(database: DatabaseSync) {
    this.#statements = statementsOf(database);
  }

  read(): readonly Binding[] {
    return (this.#statements.all.all() as Row[]).map(bindingOf);
  }

  /** Writes these in place of all that there were. */
  write(bindings: readonly Binding[]): void {
    this.#statements.clear.run();
    for (const { user, contact, node, flow, source, instance, callId, cseq, ...rest } of bindings) {
      const { expiresAtMs, credentialCheck = null } = rest;
      const { transport, address, port } = source;
      if (transport !== "udp") continue;
      const place = [user, contact, node, flow, transport, address, port] as const;
      this.#statements.put.run(...place, instance ?? null, callId, cseq, expiresAtMs, credentialCheck);
    }
  }
}

const statementsOf = (database: DatabaseSync) => ({
  all: database.prepare("SELECT * FROM bindings"),
  clear: database.prepare("DELETE FROM bindings"),
  put: database.prepare("INSERT INTO bindings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
});

const bindingOf = ({ user, transport, address, port, instance, call_id, expires_ms, ...row }: Row): Binding => ({
  user: user as UserName,
  contact: row.contact,
  node: row.node,
  flow: row.flow,
  source: { transport, address, port },
  ...(instance !== null && { instance }),
  ...(row.credential_check !== null && { credentialCheck: row.credential_check }),
  callId: call_id,
  cseq: row.cseq,
  expiresAtMs: expires_ms,
});
