import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Clients } from "../clients.ts";
import { kindOf, wordsOf } from "../faults.ts";

/** Whose account it is, or why nobody knows. */
export type Identity = { readonly account: string } | { readonly obstacle: string };

/** Asks AWS who is asking: without an answer nothing else can be asked. */
export async function identify({ sts }: Clients): Promise<Identity> {
  try {
    const { Account = "" } = await sts.send(new GetCallerIdentityCommand());
    return { account: Account };
  } catch (fault) {
    return { obstacle: sentenceOf(fault) };
  }
}

function sentenceOf(fault: unknown): string {
  switch (kindOf(fault)) {
    case "credentials":
    case "denied":
      return `${noCredentials}\nAWS's own words: ${wordsOf(fault)}`;
    case "unreachable":
      return `AWS cannot be reached from this machine: ${wordsOf(fault)}. Check its network and HTTPS_PROXY.`;
    default:
      return `AWS does not say whose account this is: ${wordsOf(fault)}`;
  }
}

const noCredentials = `There are no credentials for AWS here, or they have expired.
  The first time: install the AWS command line, then run "aws configure sso" (a company's sign-in) or "aws login".
  With several profiles: set AWS_PROFILE to the name of the right one.
  Later: "aws sso login" or "aws login" renews them. "aws sts get-caller-identity" shows whether they work.`;
