import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { answerRefusal } from "../access/answer.ts";
import { refusal } from "../access/refusal.ts";
import { PbxError } from "../kernel/errors.ts";
import { followedTrace } from "./follow.ts";
import type { AccessOperations, HistoryQuery, Operations } from "./operations.ts";

const limitSchema = {
  type: "object",
  properties: { limit: { type: "integer", minimum: 1, maximum: 1000, default: 50 } },
} as const;

const timeSchema = { type: "string", format: "date-time" } as const;
const wordSchema = { type: "string", minLength: 1, maxLength: 64 } as const;
const historySchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...limitSchema.properties,
    user: wordSchema,
    number: wordSchema,
    since: timeSchema,
    until: timeSchema,
    before: wordSchema,
  },
} as const;

const numberSchema = { type: "string", pattern: "^\\+[1-9][0-9]{1,14}$" } as const;
const simulateSchema = {
  type: "object",
  additionalProperties: false,
  properties: { from: numberSchema, to: numberSchema },
} as const;

const userSchema = {
  type: "object",
  additionalProperties: false,
  required: ["user"],
  properties: { user: wordSchema },
} as const;

const drainSchema = {
  type: "object",
  additionalProperties: false,
  properties: { seconds: { type: "integer", minimum: 0, maximum: 86_400, default: 300 } },
} as const;

const traceSchema = {
  type: "object",
  additionalProperties: false,
  properties: { call: wordSchema, limit: { type: "integer", minimum: 1, maximum: 5000, default: 100 } },
} as const;
type TraceQuery = { readonly call?: string; readonly limit: number };

type ById = { readonly Params: { readonly id: string } };

/** What an operator reads, by the admin socket or signed in: one path for each. */
export function serveViews(app: FastifyInstance, operations: Operations): void {
  app.get("/status", () => operations.status());
  app.get("/calls", () => operations.calls());
  app.get("/registrations", () => operations.registrations());
  app.get("/trunk", () => operations.trunk());
  app.get<{ Querystring: { limit: number } }>("/refusals", { schema: { querystring: limitSchema } }, (request) =>
    operations.refusals(request.query.limit),
  );
  app.get<ById>("/calls/:id", async ({ params: { id } }, reply) =>
    found(reply, id, (await operations.call(id)) ?? (await operations.record(id))),
  );
  app.get<ById>("/calls/:id/ladder", async ({ params }, reply) => {
    const ladder = await operations.ladder(params.id);
    return found(reply, params.id, ladder === undefined ? undefined : { id: params.id, ladder });
  });
}

/** What is read by the admin socket alone. */
export function serveRecords(app: FastifyInstance, operations: Operations): void {
  app.get<{ Querystring: HistoryQuery }>("/history", { schema: { querystring: historySchema } }, (request) =>
    operations.history(request.query),
  );
  app.get<{ Querystring: TraceQuery }>("/trace", { schema: { querystring: traceSchema } }, async ({ query }, reply) =>
    found(reply, query.call ?? "", await operations.trace(query)),
  );
  app.get<{ Querystring: Pick<TraceQuery, "call"> }>(
    "/trace/follow",
    { schema: { querystring: traceSchema } },
    ({ query }, reply) => reply.type("application/x-ndjson").send(followedTrace(operations, query.call)),
  );
}

/** What was asked, for the audit: without a query, and bounded. */
export const actOf = (method: string, url: string): string => `${method} ${url.split("?", 1)[0]?.slice(0, 200)}`;

/** Who has asked, for the audit. */
export type Asker = (request: FastifyRequest) => string;

/** What an operator does, by the admin socket or signed in. */
export function serveActions(app: FastifyInstance, operations: Operations, by: Asker): void {
  app.post<ById>("/calls/:id/hangup", async ({ params }, reply) =>
    found(reply, params.id, (await operations.hangUp(params.id)) ? { id: params.id, hungUp: true } : undefined),
  );
  serveAccess(app, operations.access, by);
}

/** Who may come in: links, sessions, passkeys. */
function serveAccess(app: FastifyInstance, access: AccessOperations | undefined, by: Asker): void {
  const unless = (reply: FastifyReply): FastifyReply => answerRefusal(reply, refusal("HTTP_NO_SIGN_IN"));
  app.get("/sessions", async (_request, reply) => (await access?.list()) ?? unless(reply));
  app.post<{ Body: { user: string } }>("/invite", { schema: { body: userSchema } }, async (request, reply) => {
    if (access === undefined) return unless(reply);
    const { user } = request.body;
    const noUser = refusal("HTTP_NO_SUCH_USER", { message: `There is no user "${user}".` });
    return (await access.invite(user, by(request))) ?? answerRefusal(reply, noUser);
  });
  app.post<ById>("/sessions/:id/revoke", async (request, reply) => {
    if (access === undefined) return unless(reply);
    const { id } = request.params;
    const revoked = await access.revoke(id, by(request));
    const nothing = refusal("HTTP_NO_SUCH_SESSION", { message: `There is no session or passkey with the id ${id}.` });
    return revoked.sessions + revoked.passkeys > 0 ? revoked : answerRefusal(reply, nothing);
  });
  app.post<{ Body: { user: string } }>("/sessions/revoke", { schema: { body: userSchema } }, async (request, reply) =>
    access === undefined ? unless(reply) : access.revokeUser(request.body.user, by(request)),
  );
}

/** What changes the server itself: by the admin socket alone. */
export function serveCommands(app: FastifyInstance, operations: Operations): void {
  app.post<{ Body: { seconds: number } }>("/drain", { schema: { body: drainSchema } }, ({ body }) =>
    operations.drain(body.seconds),
  );
  app.post("/reload", async (_request, reply) => {
    if (operations.reload === undefined) return answerRefusal(reply, refusal("HTTP_NOT_CONFIGURED"));
    return operations.reload().catch((fault: unknown) => {
      if (!(fault instanceof PbxError)) throw fault;
      return answerRefusal(reply, refusal("HTTP_CONFIG_FAULTY", { message: fault.message }));
    });
  });
  app.post<{ Body: { from?: string; to?: string } }>(
    "/simulate/call",
    { schema: { body: simulateSchema } },
    async (request, reply) => {
      if (operations.simulateCall === undefined) return answerRefusal(reply, refusal("HTTP_NOT_SIMULATED"));
      return operations.simulateCall(request.body);
    },
  );
}

const found = (reply: FastifyReply, id: string, answer: object | undefined): FastifyReply =>
  answer === undefined
    ? answerRefusal(reply, refusal("HTTP_NO_SUCH_CALL", { message: `There is no call with the id ${id}.` }))
    : reply.send(answer);
