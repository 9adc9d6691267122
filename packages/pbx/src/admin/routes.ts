import type { FastifyInstance, FastifyReply } from "fastify";
import { answerRefusal } from "../access/answer.ts";
import { refusal } from "../access/refusal.ts";
import { PbxError } from "../kernel/errors.ts";
import type { HistoryQuery, Operations } from "../ops/operations.ts";
import { followedTrace } from "./follow.ts";

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

/** What an operator reads: one path for each. */
export function serveViews(app: FastifyInstance, operations: Operations): void {
  app.get("/status", () => operations.status());
  app.get("/calls", () => operations.calls());
  app.get("/registrations", () => operations.registrations());
  app.get("/trunk", () => operations.trunk());
  app.get<{ Querystring: HistoryQuery }>("/history", { schema: { querystring: historySchema } }, (request) =>
    operations.history(request.query),
  );
  app.get<{ Querystring: { limit: number } }>("/refusals", { schema: { querystring: limitSchema } }, (request) =>
    operations.refusals(request.query.limit),
  );
  app.get<ById>("/calls/:id", async ({ params: { id } }, reply) =>
    found(reply, id, (await operations.call(id)) ?? (await operations.record(id))),
  );
  app.get<{ Querystring: TraceQuery }>("/trace", { schema: { querystring: traceSchema } }, async ({ query }, reply) =>
    found(reply, query.call ?? "", await operations.trace(query)),
  );
  app.get<{ Querystring: Pick<TraceQuery, "call"> }>(
    "/trace/follow",
    { schema: { querystring: traceSchema } },
    ({ query }, reply) => reply.type("application/x-ndjson").send(followedTrace(operations, query.call)),
  );
  app.get<ById>("/calls/:id/ladder", async ({ params }, reply) => {
    const ladder = await operations.ladder(params.id);
    return found(reply, params.id, ladder === undefined ? undefined : { id: params.id, ladder });
  });
}

/** What an operator does. */
export function serveActions(app: FastifyInstance, operations: Operations): void {
  app.post<ById>("/calls/:id/hangup", async ({ params }, reply) =>
    found(reply, params.id, (await operations.hangUp(params.id)) ? { id: params.id, hungUp: true } : undefined),
  );
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
