import type {
  AccessView,
  CallRecord,
  CallView,
  ChangeView,
  DrainReport,
  InvitationView,
  LegRecordView,
  RefusalView,
  RegistrationView,
  ReloadReport,
  RevokedView,
  SimulatedCall,
  StatusReport,
  TargetView,
  TraceView,
  TrunkView,
} from "../ops/operations.ts";
import { columns, duration, printable, shortTime, table } from "./columns.ts";

export function statusText(status: StatusReport): string {
  const { version, mode, uptimeSeconds, listening, counters } = status;
  const facts = [
    ["sip", listening.sip],
    ["http", listening.http],
    ["calls", `${status.calls}${status.draining ? ", draining: no new calls are accepted" : ""}`],
    ["registrations", String(status.registrations)],
    ["trunk", status.trunk.host],
    ...status.trunk.targets.map((target) => ["", targetWords(target)]),
    ...status.trunk.outside.map((address) => ["", `${address} ${outsideWords}`]),
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
    "There are no active calls.",
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

export function callText(call: CallView | CallRecord): string {
  if ("endedAt" in call) return recordText(call);
  const legs = call.legs.map(({ id, party, state, sipCallId }) => [id, party, state, sipCallId]);
  return `${callsText([call])}\n\n${table(["LEG", "PARTY", "STATE", "SIP CALL-ID"], legs, "It has no legs.")}`;
}

/** A call that is over: when what happened, why it ended, and how each end was heard. */
function recordText(record: CallRecord): string {
  const { id, direction, from, to, startedAt, rungAt, answeredAt, answeredBy, endedAt, ending, legs, changes } = record;
  const facts = [
    ["id", id],
    ["direction", direction],
    ["from", from],
    ["to", to],
    ["started", shortTime(startedAt)],
    ["rung", shortTime(rungAt)],
    ["answered", `${shortTime(answeredAt)}${answeredBy === undefined ? "" : ` by ${answeredBy}`}`],
    ["ended", `${shortTime(endedAt)} by ${ending.by}`],
    ...changes.map((change) => ["changed", changeText(change)]),
    ["why", `${ending.words} (${ending.code}, SIP ${ending.sip}, Q.850 ${ending.q850})`],
  ];
  const head = [
    "LEG",
    "PARTY",
    "ADDRESS",
    "RECEIVED",
    "LOST",
    "JITTER",
    "MOS",
    "SENT",
    "MOS",
    "ROUND TRIP",
    "SIP CALL-ID",
  ];
  const late = legs.flatMap(({ id: leg, ackLate }) =>
    ackLate === undefined
      ? []
      : [`No ACK came within 3 s on leg ${leg}. It was to go to our Contact: ${printable(ackLate)}`],
  );
  const times = changes.length === 0 ? [] : legs.flatMap(connectedText);
  const legTable = table(head, legs.map(legRow), "It had no legs because it was refused immediately.");
  return [columns(facts), "", legTable, ...times, ...leftOutText(record), ...late].join("\n");
}

const changeWords = {
  "blind-transfer": "by a blind transfer",
  "attended-transfer": "by an attended transfer",
  takeover: "by a takeover",
} as const;

const changeText = ({ at, kind, by, to, call }: ChangeView): string =>
  `${shortTime(at)} leg ${by} was replaced by ${to}, ${changeWords[kind]}${call === undefined ? "" : ` of call ${call}`}`;

/** Where parties changed, each leg was connected for a time of its own. */
const connectedText = ({ id, answeredAt, endedAt }: LegRecordView): readonly string[] =>
  answeredAt === undefined || endedAt === undefined
    ? []
    : [`Leg ${id} was connected from ${shortTime(answeredAt)} to ${shortTime(endedAt)}.`];

const leftOutText = ({ leftOut }: CallRecord): readonly string[] =>
  leftOut === undefined ? [] : [`${leftOut} more legs and changes are not kept.`];

const legRow = ({ id, party, address, received, sent, roundTripMs, sipCallId }: LegRecordView): readonly string[] => [
  id,
  party,
  address,
  received === undefined ? "-" : String(received.packets),
  received === undefined ? "-" : String(received.lost),
  milliseconds(received?.jitterMs),
  received?.quality?.mos.toFixed(1) ?? "-",
  sent === undefined ? "-" : String(sent.packets),
  sent?.quality?.mos.toFixed(1) ?? "-",
  milliseconds(roundTripMs),
  sipCallId,
];

const milliseconds = (ms: number | undefined): string => (ms === undefined ? "-" : `${Math.round(ms)} ms`);

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

export const invitationText = ({ user, url, expiresAt }: InvitationView): string =>
  `${url}\nThe first person to open it is signed in as ${printable(user)}. It works once and expires at ${shortTime(expiresAt)} (UTC).`;

export function sessionsText({ sessions, passkeys }: AccessView): string {
  const signedIn = table(
    ["SESSION", "USER", "BROWSER", "BY", "PASSKEY", "SIGNED IN (UTC)", "LAST USED", "UNTIL"],
    sessions.map(({ id, user, browser, way, passkey, signedInAt, usedAt, expiresAt }) => [
      ...[id, user, browser, way, passkey ?? "-"],
      ...[signedInAt, usedAt, expiresAt].map(shortTime),
    ]),
    "Nobody is signed in.",
  );
  if (passkeys.length === 0) return signedIn;
  const rows = passkeys.map(({ id, user, browser, createdAt, usedAt }) => [
    ...[id, user, browser],
    ...[createdAt, usedAt].map(shortTime),
  ]);
  return `${signedIn}\n\n${table(["PASSKEY", "USER", "MADE IN", "MADE (UTC)", "LAST USED"], rows, "")}`;
}

export const revokedText = ({ sessions, passkeys }: RevokedView): string =>
  `Ended: ${counted(sessions, "session")}. Removed: ${counted(passkeys, "passkey")}.`;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

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

const talked = ({ answeredAt, answeredBy, endedAt }: CallRecord): string =>
  answeredAt === undefined || answeredBy === "announcement"
    ? "-"
    : duration((Date.parse(endedAt) - Date.parse(answeredAt)) / 1000);

export function trunkText({ host, targets, outside }: TrunkView): string {
  const rows = [
    ...targets.map((target) => [`${target.address}:${target.port}`, ...healthWords(target)]),
    ...outside.map((address) => [address, outsideWords, "-", "-", "-"]),
  ];
  return `${printable(host)}\n${table(["ADDRESS", "STATE", "ROUND TRIP", "LAST OPTIONS", "SEES US AS"], rows, "The host name has no address.")}`;
}

const outsideWords = "outside trunk.allow, not used";

const healthWords = ({ healthy, roundTripMs, lastStatus, seenAs }: TargetView): readonly string[] => [
  healthy ? "healthy" : "silent",
  milliseconds(roundTripMs),
  lastStatus === undefined ? "no answer" : String(lastStatus),
  seenAs ?? "-",
];

const targetWords = (target: TargetView): string =>
  `${target.address}:${target.port} ${target.healthy ? "healthy" : "silent"}`;

export const simulatedText = ({ id, outcome, status, words }: SimulatedCall): string =>
  printable(`The call ${id} was ${outcome === "failed" ? "not connected" : outcome}: ${status} ${words}`);

export const drainText = ({ calls, seconds }: DrainReport): string =>
  calls === 0
    ? "There are no active calls. The server stops now."
    : `No new calls are accepted. The server stops when the active calls (${calls}) have ended, within ${duration(seconds)}.`;

export function reloadText({ users, numbers, restart }: ReloadReport): string {
  const applied = `Applied: ${users} users, ${numbers} numbers, and the rules.`;
  return restart.length === 0 ? applied : `${applied}\nRestart to apply changes in: ${restart.join(", ")}.`;
}

/** One message: a line that says when, where from, where to and whose, then the message as it was. */
export function traceText({ at, direction, transport, local, remote, outcome, call, leg, text }: TraceView): string {
  const way = direction === "in" ? `${remote} -> ${local}` : `${local} -> ${remote}`;
  const whose = call === undefined ? "" : `  call ${call} leg ${leg}`;
  const fate = outcome === "accepted" || outcome === "sent" ? "" : `  ${outcome}`;
  const lines = text.trimEnd().split(/\r?\n/).map(printable);
  return [`--- ${at}  ${transport} ${way}${whose}${fate}`, ...lines, ""].join("\n");
}

export const ladderText = ({ ladder }: { readonly ladder: string }): string =>
  ladder.split(/\r?\n/).map(printable).join("\n").trimEnd();
