import type { FastifyInstance, FastifyReply } from "fastify";
import { answerRefusal } from "../access/answer.ts";
import type { WebSession } from "../access/gate.ts";
import { refusal } from "../access/refusal.ts";
import type { Operations, OwnCallRecord } from "../ops/operations.ts";
import { type SignedInOptions, signedInOnly } from "./signed-in.ts";

export type ApiOptions = SignedInOptions & {
  readonly operations: Pick<Operations, "readiness">;
  /** What GET /api/session tells a signed-in person. */
  readonly session: (who: WebSession) => object;
  /** The person's own last calls, newest first: nobody else's. */
  readonly history: (who: WebSession, limit: number) => Promise<readonly OwnCallRecord[]>;
};

const limitSchema = {
  type: "object",
  properties: { limit: { type: "integer", minimum: 1, maximum: 500, default: 50 } },
} as const;

/** What a signed-in person's page asks for, and what a load balancer asks for. */
export function serveApi(app: FastifyInstance, options: ApiOptions): void {
  serveHealth(app, options.operations);
  const signedIn = signedInOnly(options);
  app.get("/api/session", signedIn(options.session));
  app.get<{ Querystring: { limit: number } }>(
    "/api/history",
    { schema: { querystring: limitSchema } },
    signedIn((who, request) => options.history(who, (request.query as { limit: number }).limit)),
  );
  app.get("/ws", (_request, reply) =>
    answerRefusal(reply.header("upgrade", "websocket"), refusal("HTTP_UPGRADE_REQUIRED")),
  );
}

function serveHealth(app: FastifyInstance, operations: ApiOptions["operations"]): void {
  app.get("/healthz", (_request, reply) => plain(reply, 200, "ok"));
  app.get("/readyz", async (_request, reply) => {
    const isReady = (await operations.readiness()).length === 0;
    return isReady ? plain(reply, 200, "ready") : plain(reply, 503, "not ready");
  });
}

const plain = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).type("text/plain").header("cache-control", "no-store").send(text);
