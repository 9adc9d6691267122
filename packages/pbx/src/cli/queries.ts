import { type Command, InvalidArgumentError, Option } from "commander";
import { readE164 } from "../domain/names.ts";
import type { HistoryQuery, SimulatedCall, TraceView } from "../ops/operations.ts";
import { ask, listen, type Question } from "./client.ts";
import { printableJson } from "./columns.ts";
import { CommandEnded } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import {
  callsText,
  callText,
  drainText,
  historyText,
  invitationText,
  ladderText,
  refusalsText,
  registrationsText,
  reloadText,
  revokedText,
  sessionsText,
  simulatedText,
  statusText,
  traceText,
  trunkText,
} from "./text.ts";

type Globals = { readonly json: boolean; readonly socket: string };

/** One command that asks the running server something: its words, its question, its answer as text. */
type Query = {
  readonly command: string;
  readonly summary: string;
  readonly question: (argument: string) => Question;
  // The admin API's answers are ours: `ops/operations.ts` says what each path gives.
  readonly text: (answer: never) => string;
};

const read = (path: string): Question => ({ method: "GET", path });
const ofCall = (id: string): string => `/calls/${encodeURIComponent(id)}`;

const queries: readonly Query[] = [
  { command: "status", summary: "how the server is", question: () => read("/status"), text: statusText },
  { command: "calls", summary: "the active calls", question: () => read("/calls"), text: callsText },
  {
    command: "call <id>",
    summary: "one call with its legs, while it lasts and after",
    question: (id) => read(ofCall(id)),
    text: callText,
  },
  {
    command: "hangup <id>",
    summary: "end a call",
    question: (id) => ({ method: "POST", path: `${ofCall(id)}/hangup` }),
    text: () => "The call was ended.",
  },
  {
    command: "reload",
    summary: "reload users, numbers and rules; active calls continue",
    question: () => ({ method: "POST", path: "/reload" }),
    text: reloadText,
  },
  {
    command: "trunk",
    summary: "the trunk's addresses and their health",
    question: () => read("/trunk"),
    text: trunkText,
  },
  {
    command: "registrations",
    summary: "the phones that are online",
    question: () => read("/registrations"),
    text: registrationsText,
  },
  {
    command: "invite <user>",
    summary: "create a link that signs a user in once, within a day",
    question: (user) => ({ method: "POST", path: "/invite", body: { user } }),
    text: invitationText,
  },
  {
    command: "ladder <id>",
    summary: "the messages of both legs of a call",
    question: (id) => read(`${ofCall(id)}/ladder`),
    text: ladderText,
  },
];

/** Adds every command that only asks and prints. */
export function addQueries(program: Command, terminal: Terminal): void {
  for (const query of queries) {
    program
      .command(query.command)
      .summary(query.summary)
      .description(query.summary)
      .action(async (...given: unknown[]) => {
        const argument = typeof given[0] === "string" ? given[0] : "";
        await answer(given.at(-1) as Command, query.question(argument), query.text, terminal);
      });
  }
  addHistory(program, terminal);
  addRefusals(program, terminal);
  addTrace(program, terminal);
  addSessions(program, terminal);
  addDrain(program, terminal);
  addSimulate(program, terminal);
}

function addSessions(program: Command, terminal: Terminal): void {
  const sessions = program
    .command("sessions")
    .description("the signed-in browsers and the users' passkeys")
    .action(async (_options: object, command: Command) => {
      await answer(command, read("/sessions"), sessionsText, terminal);
    });
  sessions
    .command("revoke")
    .description("end a session and its calls; remove a passkey and end the sessions signed in with it")
    .argument("[id]", "of a session or a passkey")
    .option("--user <name>", "all sessions, passkeys and links of this user")
    .action(async (id: string | undefined, { user }: { user?: string }, command: Command) => {
      if ((id === undefined) === (user === undefined)) throw command.error("error: name an id, or a --user");
      const path = id === undefined ? "/sessions/revoke" : `/sessions/${encodeURIComponent(id)}/revoke`;
      const question = { method: "POST", path, ...(user !== undefined && { body: { user } }) } as const;
      await answer(command, question, revokedText, terminal);
    });
}

function addDrain(program: Command, terminal: Terminal): void {
  program
    .command("drain")
    .description("accept no new calls, let active calls finish, then stop the server")
    .addOption(new Option("--seconds <count>", "how long calls may go on").default(300).argParser(readSeconds))
    .action(async ({ seconds }: { seconds: number }, command: Command) => {
      await answer(command, { method: "POST", path: "/drain", body: { seconds } }, drainText, terminal);
    });
}

const limitOption = (): Option => new Option("--limit <count>", "how many at most").default(50).argParser(readLimit);

function addHistory(program: Command, terminal: Terminal): void {
  program
    .command("history")
    .description("the ended calls, newest first")
    .addOption(limitOption())
    .option("--user <name>", "only this user's")
    .option("--number <number>", "only those from or to this number")
    .addOption(
      new Option("--since <time>", "started at this time or later, 2026-11-25 or 2026-11-25T08:00Z").argParser(
        readTime,
      ),
    )
    .addOption(new Option("--until <time>", "begun before this time").argParser(readTime))
    .option("--before <id>", "older than this call (the next page)")
    .action(async (options: HistoryQuery, command: Command) => {
      const query = new URLSearchParams(Object.entries(options).map(([key, value]) => [key, String(value)]));
      await answer(command, read(`/history?${query}`), historyText, terminal);
    });
}

function addTrace(program: Command, terminal: Terminal): void {
  program
    .command("trace")
    .description("the SIP messages of every transport, both legs; secrets and pressed keys are masked")
    .option("--call <id>", "only this call's")
    .option("--follow", "follow new ones until Ctrl+C")
    .addOption(new Option("--limit <count>", "how many of those that were").default(100).argParser(readLimit))
    .action(async (options: { call?: string; follow?: true; limit: number }, command: Command) => {
      const { json, socket } = command.optsWithGlobals<Globals>();
      const call = options.call === undefined ? "" : `call=${encodeURIComponent(options.call)}`;
      const show = (message: unknown): void =>
        terminal.out(json ? JSON.stringify(message) : traceText(message as TraceView));
      const past = await ask(socket, read(`/trace?limit=${options.limit}&${call}`));
      for (const message of past as readonly TraceView[]) show(message);
      if (options.follow === true) await listen(socket, `/trace/follow?${call}`, show);
    });
}

function addRefusals(program: Command, terminal: Terminal): void {
  program
    .command("refusals")
    .description("the latest refused messages and requests, with the exact reason")
    .addOption(limitOption())
    .action(async ({ limit }: { limit: number }, command: Command) => {
      await answer(command, read(`/refusals?limit=${limit}`), refusalsText, terminal);
    });
}

function addSimulate(program: Command, terminal: Terminal): void {
  program
    .command("simulate")
    .description("play the telephone network, in loopback mode")
    .command("call")
    .description("call one of your numbers; ends with 0 when somebody answers")
    .option("--from <number>", "the caller's number, +12025550123", readNumber)
    .option("--to <number>", "the number that is called (default: your first)", readNumber)
    .action(async (options: { from?: string; to?: string }, command: Command) => {
      const question = { method: "POST", path: "/simulate/call", body: options, patient: true } as const;
      const call = await answer(command, question, simulatedText, terminal);
      if ((call as SimulatedCall).outcome !== "answered") throw new CommandEnded(1);
    });
}

async function answer(
  command: Command,
  question: Question,
  words: (answer: never) => string,
  terminal: Terminal,
): Promise<unknown> {
  const { json, socket } = command.optsWithGlobals<Globals>();
  const told = await ask(socket, question);
  terminal.out(json ? printableJson(told) : words(told as never));
  return told;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text) || seconds > 86_400)
    throw new InvalidArgumentError("It must be a number of seconds, at most one day.");
  return seconds;
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > 1000)
    throw new InvalidArgumentError("It must be a number from 1 to 1000.");
  return limit;
}

function readTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError("It must be a time, like 2026-11-25 or 2026-11-25T08:00Z.");
  return time.toISOString();
}

function readNumber(text: string): string {
  const number = readE164(text);
  if (number === undefined)
    throw new InvalidArgumentError("It must be a number with its country code, like +12025550123.");
  return number;
}
