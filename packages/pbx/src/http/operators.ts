import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Audit } from "../access/audit.ts";
import { refusal } from "../access/refusal.ts";
import type { Operations } from "../ops/operations.ts";
import { actOf, serveActions, serveViews } from "../ops/routes.ts";
import { refuse, type SignedInOptions } from "./signed-in.ts";

export type OperatorsOptions = SignedInOptions & {
  readonly operations: Operations;
  readonly audit?: Audit | undefined;
};

/** The operator's API, for signed-in operators alone. Whatever they ask leaves a line in the audit. */
export async function serveOperators(app: FastifyInstance, options: OperatorsOptions): Promise<void> {
  const { access, operations, audit, onRefused } = options;
  const askers = new WeakMap<FastifyRequest, string>();
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    reply.header("cache-control", "no-store");
    const who = await access.sessionOf({ headers: request.headers, remoteAddress: request.ip });
    if (who === undefined) return refuse(request, reply, onRefused, refusal("HTTP_NOT_SIGNED_IN"));
    if (!who.user.operator) return refuse(request, reply, onRefused, refusal("HTTP_OPERATORS_ONLY"));
    askers.set(request, who.user.name);
    const act = actOf(request.method, request.url);
    audit?.({ kind: "operator-act", by: who.user.name, act, source: request.ip });
    return undefined;
  };
  await app.register(
    async (area) => {
      // Once the body is there: whoever was an operator when it began to come may be none any more.
      area.addHook("preValidation", admit);
      serveViews(area, operations);
      serveActions(area, operations, (request) => askers.get(request) ?? "");
    },
    { prefix: "/api" },
  );
}
