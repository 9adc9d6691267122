import { type Invited, inviteCommand } from "./invite.ts";
import type { Outputs } from "./stack.ts";
import { columns } from "./words.ts";

/** What the stack says of itself, by its outputs' names, in the order in which it is told. */
const told: Readonly<Record<string, string>> = {
  PhoneUrl: "The phone, for your browser",
  PhoneNumber: "The phone number",
  FirstUser: "The first user",
  DashboardUrl: "Dashboard",
  LogsUrl: "Logs",
  VoiceConnectorId: "Voice Connector",
  HostId: "Host",
  SessionManagerCommand: "A shell on the host",
};

/** What there is now, and how to begin. */
export function finishText(outputs: Outputs, invited: Invited): string {
  const rows = Object.entries(told).flatMap(([key, words]) => {
    const value = outputs[key];
    return value === undefined ? [] : [[words, value] as const];
  });
  const table = rows.length === 0 ? "(the stack says nothing of itself)" : columns(rows);
  return ["", "Trunkline is deployed.", table, "", linkText(outputs, invited)].join("\n");
}

function linkText(outputs: Outputs, invited: Invited): string {
  if ("invitation" in invited) {
    const { url, user, expiresAt } = invited.invitation;
    return `Open this link in your browser now. The first person to open it is signed in as ${user}. It works once and expires at ${timeOf(expiresAt)}.
  ${url}
Then allow the microphone, go online, and call ${outputs.PhoneNumber ?? "the number"} from any telephone.`;
  }
  return `There is no link to sign in with yet: ${invited.why}. The deployment stands. Get one later with a shell on the host:
  ${outputs.SessionManagerCommand ?? "aws ssm start-session --target HOST"}
and there:
  sudo ${inviteCommand(outputs.FirstUser ?? "USER")}`;
}

const timeOf = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;
