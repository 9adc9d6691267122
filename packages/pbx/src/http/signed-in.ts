import type { FastifyReply, FastifyRequest } from "fastify";
import { answerRefusal } from "../access/answer.ts";
import type { Access, WebSession } from "../access/gate.ts";
import { type Refusal, refusal } from "../access/refusal.ts";
import type { OnRefused } from "./door.ts";

export type SignedInOptions = { readonly access: Access; readonly onRefused: OnRefused };

/** What a signed-in person gets: a value as JSON, or a refusal. */
type Answer = (who: WebSession, request: FastifyRequest) => Promise<object> | object;

/** A refusal among answers. */
const isRefusal = (answer: object): answer is Refusal => "status" in answer && "code" in answer;

/** Refuses a request with its reason counted and logged; the sender reads only the refusal's own words. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  onRefused: OnRefused,
  no: Refusal,
  why: string = no.code,
): FastifyReply {
  onRefused(`${request.method} ${request.routeOptions.url ?? "elsewhere"}`, request.ip, why);
  return answerRefusal(reply, no);
}

/** A handler for signed-in people alone. */
export const signedInOnly =
  ({ access, onRefused }: SignedInOptions) =>
  (answer: Answer) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const who = await access.sessionOf({ headers: request.headers, remoteAddress: request.ip });
    if (who === undefined) return refuse(request, reply, onRefused, refusal("HTTP_NOT_SIGNED_IN"));
    const answered = await answer(who, request);
    if (isRefusal(answered)) return refuse(request, reply, onRefused, answered);
    return reply.header("cache-control", "no-store").send(answered);
  };
