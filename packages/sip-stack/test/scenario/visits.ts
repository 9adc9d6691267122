import { reliableTable } from "../../src/dialog/reliable.ts";
import { sessionTable } from "../../src/dialog/session-table.ts";
import { turnTable } from "../../src/dialog/turn.ts";
import { clientTable, inviteClientTable, inviteServerTable, serverTable } from "../../src/transaction/tables.ts";
import { incomingTable } from "../../src/ua/incoming-table.ts";
import { outgoingTable } from "../../src/ua/outgoing-table.ts";
import { registrationTable } from "../../src/ua/registration-table.ts";
import { transferTable } from "../../src/ua/transfer-table.ts";

const tables = {
  inviteClient: inviteClientTable,
  client: clientTable,
  inviteServer: inviteServerTable,
  server: serverTable,
  outgoing: outgoingTable,
  incoming: incomingTable,
  turn: turnTable,
  session: sessionTable,
  reliable: reliableTable,
  registration: registrationTable,
  transfer: transferTable,
} as const;

/** Cells that no network leads to, with the reason. */
export const unreachable: Readonly<Record<string, string>> = {
  "inviteClient.calling.abandon": "a call gives up its INVITE only after a CANCEL, which waits for a provisional",
  "server.proceeding.dismissal": "nothing answers provisionally before it knows who asks",
  "server.trying.transportError": "before its first response nothing was sent: only a connection can fail so",
  "registration.leaving.brief": "no registrar answers 423 to Expires: 0, RFC 3261 section 10.3",
};

/** How often each cell of each table was carried out, as `table.state.event`. */
export type Visits = ReadonlyMap<string, number>;

type Rule = { readonly to: string };

/**
 * Counts from now on, in this process, each cell that any machine carries out: a machine reads where a cell leads once,
 * each time that it goes there.
 */
export function countVisits(): Visits {
  const visits = new Map<string, number>();
  for (const [name, table] of Object.entries(tables)) {
    for (const [state, cells] of Object.entries<Readonly<Record<string, Rule>>>(table)) {
      for (const [event, rule] of Object.entries(cells)) watch(rule, `${name}.${state}.${event}`, visits);
    }
  }
  return visits;
}

function watch(rule: Rule, cell: string, visits: Map<string, number>): void {
  const { to } = rule;
  visits.set(cell, 0);
  const get = (): string => {
    visits.set(cell, (visits.get(cell) ?? 0) + 1);
    return to;
  };
  Object.defineProperty(rule, "to", { get });
}
