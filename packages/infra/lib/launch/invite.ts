import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { nameOf, type Sleep } from "../handlers/retry-policy.ts";
import { wordsOf } from "./faults.ts";

/** A link that signs somebody in, once. */
export type Invitation = { readonly url: string; readonly user: string; readonly expiresAt: string };

export type Invited = { readonly invitation: Invitation } | { readonly why: string };

export type InviteParts = { readonly ssm: SSMClient; readonly sleep: Sleep };

/** What is run on the host; with `--json`, for a program. */
export const inviteCommand = (user: string, options = ""): string =>
  `/opt/trunkline/current/trunkline --socket /run/trunkline/trunkline.sock ${options}invite ${user}`;

const everyMs = 2000;
const withinMs = 60_000;

/** Has the host make a link for a user, through Systems Manager. @returns the link, or why there is none */
export async function invite(host: string, user: string, { ssm, sleep }: InviteParts): Promise<Invited> {
  if (!/^[a-z][a-z0-9._-]{0,31}$/.test(user)) return { why: `"${user}" is no user's name` };
  const retry = retryPolicyOf(sleep);
  try {
    const id = await retry(() => send(host, user, ssm), "InvalidInstanceId");
    const ended = await retry(() => look(id, host, ssm), "InvocationDoesNotExist");
    return ended === undefined ? { why: "the host has not answered within a minute" } : read(ended);
  } catch (fault) {
    return { why: wordsOf(fault) };
  }
}

/** Asks again, for a minute in all, while there is no answer yet or the one fault that only passes. */
function retryPolicyOf(sleep: Sleep) {
  let leftMs = withinMs;
  return async <T>(ask: () => Promise<T | undefined>, passing: string): Promise<T | undefined> => {
    for (;;) {
      const answer = await ask().catch((fault: unknown) => {
        if (nameOf(fault) === passing && leftMs > 0) return undefined;
        throw fault;
      });
      if (answer !== undefined || leftMs <= 0) return answer;
      leftMs -= everyMs;
      await sleep(everyMs);
    }
  };
}

async function send(host: string, user: string, ssm: SSMClient): Promise<string | undefined> {
  const { Command } = await ssm.send(
    new SendCommandCommand({
      DocumentName: "AWS-RunShellScript",
      InstanceIds: [host],
      Comment: "Trunkline: a link for the first user",
      TimeoutSeconds: 60,
      Parameters: { commands: [inviteCommand(user, "--json ")], executionTimeout: ["60"] },
    }),
  );
  return Command?.CommandId;
}

const underWay = new Set(["Pending", "InProgress", "Delayed"]);

async function look(
  id: string | undefined,
  host: string,
  ssm: SSMClient,
): Promise<GetCommandInvocationCommandOutput | undefined> {
  const found = await ssm.send(new GetCommandInvocationCommand({ CommandId: id, InstanceId: host }));
  return underWay.has(found.Status ?? "") ? undefined : found;
}

function read({
  Status,
  StandardOutputContent = "",
  StandardErrorContent = "",
}: GetCommandInvocationCommandOutput): Invited {
  if (Status !== "Success") return { why: errorIn(StandardErrorContent) ?? `the command on the host is ${Status}` };
  const { url, user, expiresAt } = (parsed(StandardOutputContent) ?? {}) as Partial<Invitation>;
  if (url === undefined || user === undefined || expiresAt === undefined)
    return { why: "the host has answered something else than a link" };
  return { invitation: { url, user, expiresAt } };
}

/** What the server's command says went wrong: JSON, or what a shell says. */
function errorIn(text: string): string | undefined {
  const { error } = (parsed(text) ?? {}) as { error?: { message?: string } };
  return error?.message ?? (text.trim() === "" ? undefined : text.trim());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
