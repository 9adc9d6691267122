import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { type Refusal, RefusalError, refusal, refusalBody } from "./refusal.ts";

/** Told of what went wrong inside the server while it answered a request. */
export type OnFailure = (what: string, cause: Error) => void;

export const answerRefusal = (reply: FastifyReply, no: Refusal): FastifyReply =>
  reply.code(no.status).header("cache-control", "no-store").send(refusalBody(no));

/**
 * Makes every error of a listener a `{ error: { code, message } }`. What failed inside goes to `onFailure`, not to the
 * client; why a request was not understood is told only where `explain` says that the client is the owner.
 */
export function answerErrors(
  app: FastifyInstance,
  options: { readonly explain: boolean; readonly onFailure?: OnFailure | undefined },
): void {
  app.setNotFoundHandler((_request, reply) => answerRefusal(reply, refusal("HTTP_NOT_FOUND")));
  app.setErrorHandler((error: FastifyError | RefusalError, request, reply) => {
    if (error instanceof RefusalError) return answerRefusal(reply, error.refusal);
    const status = error.statusCode ?? 500;
    if (status < 500)
      return answerRefusal(
        reply,
        refusal("HTTP_BAD_REQUEST", { status, ...(options.explain && { message: error.message }) }),
      );
    options.onFailure?.(`${request.method} ${request.routeOptions.url ?? ""}`, error);
    return answerRefusal(reply, refusal("HTTP_FAILED"));
  });
}
