import { isIP } from "node:net";
import { fastify } from "fastify";
import { answerErrors, answerRefusal, type OnFailure } from "../access/answer.ts";
import { bindFailed, monitoring } from "../access/bind.ts";
import { Connections, silence } from "../access/connections.ts";
import { foreign, gateOf, type RequestHeaders } from "../access/gate.ts";
import { type HostPort, hostnameIn } from "../domain/address.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Operations } from "../ops/operations.ts";

export type AdminListenerOptions = {
  readonly bind: HostPort;
  readonly operations: Pick<Operations, "status" | "readiness">;
  readonly metrics: Metrics;
  readonly onFailure?: OnFailure | undefined;
  /** Told the address of each connection that was closed because there were too many. */
  readonly onRefused?: ((source: string) => void) | undefined;
};

const limits = { connections: 64, connectionsPerSource: 16 };

/** `url`: where it listens. */
export type AdminListener = { readonly url: string; close(): Promise<void> };

/**
 * What monitoring asks: whether the server lives, whether it can take calls and what keeps it from that, and its figures.
 * Nothing here changes anything.
 * @throws PbxError BIND_FAILED in words when the address and port cannot be had.
 */
export async function adminListener(options: AdminListenerOptions): Promise<AdminListener> {
  const { bind, operations, metrics, onFailure, onRefused = () => {} } = options;
  const app = fastify({ bodyLimit: 1024, requestTimeout: 15_000, forceCloseConnections: true, http: silence });
  new Connections({ ...limits, isProxy: () => false, onClosed: onRefused }).attach(app.server);
  const gate = gateOf({ bind });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    const no = isByAddress(request.headers) ? undefined : foreign(gate, request.headers, "read");
    return no === undefined ? undefined : answerRefusal(reply, no);
  });
  answerErrors(app, { explain: false, onFailure });
  app.get("/healthz", (_request, reply) => reply.type("text/plain").send("ok\n"));
  app.get("/readyz", async (_request, reply) => {
    const obstacles = await operations.readiness();
    const text = obstacles.length === 0 ? "ready" : obstacles.join("\n");
    return reply
      .code(obstacles.length === 0 ? 200 : 503)
      .type("text/plain")
      .send(`${text}\n`);
  });
  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text(operations)));
  const listening = app.listen({ host: bind.address, port: bind.port });
  const url = await listening.catch(async (cause: unknown) => {
    await app.close();
    throw bindFailed(bind, cause, monitoring);
  });
  return { url, close: () => app.close() };
}

/** Who asks by an address was not led here by a name of somebody else's; a page of another site says where it comes from. */
const isByAddress = ({ host, origin }: RequestHeaders): boolean =>
  origin === undefined && isIP(hostnameIn(`http://${host}`) ?? "") !== 0;
