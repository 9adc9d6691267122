import type { ServerTransaction } from "../transaction/transaction.ts";
import type { IncomingRequest } from "./call.ts";
import { reply } from "./compose.ts";
import type { Core } from "./core.ts";

/** A request as the application gets it, with its way to answer. */
export function incomingRequest(
  core: Core,
  transaction: ServerTransaction,
  toTag: string,
  username?: string,
): IncomingRequest {
  const { request, flow } = transaction;
  return {
    request,
    flow,
    username,
    respond: (status, options) =>
      transaction.respond(reply(request, status, core.shownOn(flow), { ...options, toTag })),
  };
}
