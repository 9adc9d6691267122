import type {
  CallRecord,
  CallView,
  DrainReport,
  RefusalView,
  RegistrationView,
  ReloadReport,
  SimulatedCall,
  StatusReport,
  TargetView,
  TrunkView,
} from "../ops/operations.ts";
import { columns, duration, printable, shortTime, table } from "./columns.ts";

export function statusText(status: StatusReport): string {
  const { version, mode, uptimeSeconds, listening, counters } = status;
  const facts = [
    ["sip", listening.sip],
    ["http", listening.http],
    ["calls", `${status.calls}${status.draining ? ", draining: no new ones are taken" : ""}`],
    ["registrations", String(status.registrations)],
    ["trunk", status.trunk.host],
    ...status.trunk.targets.map((target) => ["", targetWords(target)]),
    ...Object.entries(counters).map(([name, counts]) => [name, countsText(counts)]),
  ];
  return `Trunkline ${printable(version)}, ${mode} mode, up ${duration(uptimeSeconds)}\n${columns(facts)}`;
}

const countsText = (counts: Record<string, number>): string => {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.length === 0 ? "all zero" : some.map(([name, count]) => `${name} ${count}`).join(", ");
};

export const callsText = (calls: readonly CallView[]): string =>
  table(
    ["ID", "STATE", "DIRECTION", "FROM", "TO", "STARTED (UTC)", "ANSWERED (UTC)"],
    calls.map(callRow),
    "No calls are going on.",
  );

const callRow = ({ id, state, direction, from, to, startedAt, answeredAt }: CallView): readonly string[] => [
  id,
  state,
  direction,
  from,
  to,
  shortTime(startedAt),
  shortTime(answeredAt),
];

export function callText(call: CallView): string {
  const legs = call.legs.map(({ id, party, state, sipCallId }) => [id, party, state, sipCallId]);
  return `${callsText([call])}\n\n${table(["LEG", "PARTY", "STATE", "SIP CALL-ID"], legs, "It has no legs.")}`;
}

export const registrationsText = (registrations: readonly RegistrationView[]): string =>
  table(
    ["USER", "TRANSPORT", "FROM", "EXPIRES (UTC)", "CONTACT"],
    registrations.map(({ user, transport, remote, expiresAt, contact }) => [
      user,
      transport,
      remote,
      shortTime(expiresAt),
      contact,
    ]),
    "No phone is online.",
  );

export const refusalsText = (refusals: readonly RefusalView[]): string =>
  table(
    ["AT (UTC)", "WHAT", "FROM", "WHY"],
    refusals.map(({ at, what, source, why }) => [shortTime(at), what, source, why]),
    "Nothing has been refused.",
  );

export const historyText = (records: readonly CallRecord[]): string =>
  table(
    ["ID", "DIRECTION", "FROM", "TO", "STARTED (UTC)", "TALKED", "SIP", "ENDED"],
    records.map((record) => [
      record.id,
      record.direction,
      record.from,
      record.to,
      shortTime(record.startedAt),
      talked(record),
      String(record.ending.sip),
      record.ending.words,
    ]),
    "No calls have been made yet.",
  );

const talked = ({ answeredAt, endedAt }: CallRecord): string =>
  answeredAt === undefined ? "-" : duration((Date.parse(endedAt) - Date.parse(answeredAt)) / 1000);

export function trunkText({ host, targets }: TrunkView): string {
  const rows = targets.map((target) => [`${target.address}:${target.port}`, ...healthWords(target)]);
  return `${printable(host)}\n${table(["ADDRESS", "STATE", "ROUND TRIP", "LAST OPTIONS"], rows, "Its name has no address.")}`;
}

const healthWords = ({ healthy, roundTripMs, lastStatus }: TargetView): readonly string[] => [
  healthy ? "healthy" : "silent",
  roundTripMs === undefined ? "-" : `${Math.round(roundTripMs)} ms`,
  lastStatus === undefined ? "no answer" : String(lastStatus),
];

const targetWords = (target: TargetView): string =>
  `${target.address}:${target.port} ${target.healthy ? "healthy" : "silent"}`;

export const simulatedText = ({ id, outcome, status, words }: SimulatedCall): string =>
  printable(`The call ${id} was ${outcome === "failed" ? "not connected" : outcome}: ${status} ${words}`);

export const drainText = ({ calls, seconds }: DrainReport): string =>
  calls === 0
    ? "No calls are up: the server stops now."
    : `No new calls are taken. The server stops when those that are up (${calls}) are over, in ${duration(seconds)} at the latest.`;

export function reloadText({ users, numbers, restart }: ReloadReport): string {
  const taken = `Taken: ${users} users, ${numbers} numbers, and the rules.`;
  return restart.length === 0 ? taken : `${taken}\nOnly a new start takes what has changed in: ${restart.join(", ")}.`;
}

export const ladderText = ({ ladder }: { readonly ladder: string }): string =>
  ladder.split(/\r?\n/).map(printable).join("\n").trimEnd();
