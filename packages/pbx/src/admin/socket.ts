import { once } from "node:events";
import { type FastifyInstance, fastify } from "fastify";
import { answerErrors, type OnFailure } from "../access/answer.ts";
import { type Audit, adminSocketUser } from "../access/audit.ts";
import type { Operations } from "../ops/operations.ts";
import { actOf, serveActions, serveCommands, serveRecords, serveViews } from "../ops/routes.ts";
import { clearSocketPath, socketFault } from "./socket-path.ts";

export type AdminSocketOptions = {
  /** Where the socket lies; relative to the working folder. */
  readonly path: string;
  readonly operations: Operations;
  readonly audit?: Audit | undefined;
  readonly onFailure?: OnFailure | undefined;
};

/**
 * The operator's API on a unix socket that only the server's own user can open. A socket that a dead server left
 * behind is replaced.
 * @throws PbxError BIND_FAILED in words when another server lives there or the path cannot be used.
 */
export async function adminSocket(options: AdminSocketOptions): Promise<{ close(): Promise<void> }> {
  const app = fastify({ bodyLimit: 16 * 1024, forceCloseConnections: true });
  answerErrors(app, { explain: true, onFailure: options.onFailure });
  app.addHook("onRequest", async ({ method, url }) => {
    if (method !== "GET")
      options.audit?.({ kind: "operator-act", by: adminSocketUser, act: actOf(method, url), source: "" });
  });
  serveViews(app, options.operations);
  serveRecords(app, options.operations);
  serveActions(app, options.operations, () => adminSocketUser);
  serveCommands(app, options.operations);
  await app.ready();
  await clearSocketPath(options.path);
  await listenPrivately(app, options.path);
  return { close: () => close(app) };
}

/** Node binds inside `listen`, so that the socket has its mode before anyone can reach it. */
async function listenPrivately(app: FastifyInstance, path: string): Promise<void> {
  const umask = process.umask(0o177);
  try {
    app.server.listen(path);
  } finally {
    process.umask(umask);
  }
  await once(app.server, "listening").catch(async (cause: unknown) => {
    await app.close();
    throw socketFault(path, cause);
  });
}

/** Fastify ends only connections of a server that it has bound itself. */
async function close(app: FastifyInstance): Promise<void> {
  app.server.closeAllConnections();
  await app.close();
}
