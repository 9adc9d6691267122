import type { AddressInfo, Socket } from "node:net";
import helmet from "@fastify/helmet";
import type { Clock } from "@trunkline/sip-stack";
import { type FastifyInstance, fastify } from "fastify";
import { answerErrors, answerRefusal, type OnFailure } from "../access/answer.ts";
import { bindFailed } from "../access/bind.ts";
import { type ConnectionLimits, Connections, silence } from "../access/connections.ts";
import { foreign, type Gate, gateOf } from "../access/gate.ts";
import { refusal } from "../access/refusal.ts";
import { type Cidr, formatHostPort, type HostPort, isWildcard } from "../domain/address.ts";
import { defaultSocketLimits, type SocketLimits } from "./admission.ts";
import { type ApiOptions, serveApi } from "./api.ts";
import { serveDevices } from "./devices.ts";
import { type Adopt, type OnRefused, SocketDoor } from "./door.ts";
import { permissionsPolicy, securityHeaders } from "./headers.ts";
import { defaultMessageLimits, type MessageLimits } from "./message-rate.ts";
import { type OperatorsOptions, serveOperators } from "./operators.ts";
import { servePages } from "./pages.ts";
import { refuseRaw } from "./raw-answer.ts";
import { type SignInRoutesOptions, serveSignIn } from "./sign-in.ts";
import { type Trust, trustOf } from "./source.ts";

type Parts = Omit<ApiOptions & OperatorsOptions & SignInRoutesOptions, "onRefused" | "signInsPerMinute">;

export type HttpListenerOptions = Parts & {
  readonly bind: HostPort;
  readonly clock: Clock;
  /** Proxies whose word on whose requests they pass on is taken. */
  readonly trustedProxies?: readonly Cidr[] | undefined;
  /** Where people reach us when that is not the bound address, e.g. behind a TLS proxy. */
  readonly publicUrl?: string | undefined;
  /** Origins beside our own whose pages may use the listener, e.g. a development server's. */
  readonly origins?: readonly string[] | undefined;
  /** The folder of the built pages; `undefined`: `/` says in words that they are not built. */
  readonly pages: string | undefined;
  /** Takes over a WebSocket that a signed-in user has opened. */
  readonly adopt: Adopt;
  readonly limits?: Partial<HttpLimits> | undefined;
  /** Told of everything that was refused: what was asked, the sender's address, the code. */
  readonly onRefused?: OnRefused | undefined;
  readonly onFailure?: OnFailure | undefined;
};

/** How many connections and WebSockets may be open, how much may be said over them, and how often an address may ask to be let in. */
export type HttpLimits = SocketLimits & MessageLimits & ConnectionLimits & { readonly signInsPerMinute: number };

export interface HttpListener {
  /**
   * Ends what was opened with a session.
   * @param release settles when nothing needs a way any more
   */
  endSession: SocketDoor["endSession"];
  /** What was opened with one session is another one's of the same user from now on. */
  moveSession: SocketDoor["moveSession"];
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Stops listening and ends every connection and WebSocket. */
  close(): Promise<void>;
}

const defaultLimits: HttpLimits = {
  ...defaultSocketLimits,
  ...defaultMessageLimits,
  connections: 2048,
  connectionsPerSource: 256,
  signInsPerMinute: 60,
};

/**
 * The listener for people: pages, their API, WebSockets for SIP.
 * @throws PbxError BIND_FAILED in words when the address and port cannot be had.
 */
export async function httpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const limits = { ...defaultLimits, ...options.limits };
  const trust = trustOf(options.trustedProxies ?? []);
  const { signInsPerMinute } = limits;
  const settled = { ...options, trust, signInsPerMinute, onRefused: options.onRefused ?? (() => {}) };
  const app = server(trust, settled.onRefused);
  let gate: Gate = { hosts: new Set(), origins: new Set() };
  app.server.once("listening", () => {
    gate = gateOf({ ...options, bind: boundTo(app) });
  });
  const connections = boundConnections(app, limits, settled);
  const onOpened = (socket: Socket): void => connections.release(socket);
  const door = new SocketDoor({ ...settled, gate: () => gate, limits, onOpened });
  door.attach(app.server);
  await serve(app, settled, () => gate);
  return listen(app, door, options.bind);
}

/** WebSockets have a bound of their own, and so have trusted proxies: as many as all others together. */
function boundConnections(app: FastifyInstance, limits: HttpLimits, { trust, onRefused }: Settled): Connections {
  app.server.maxConnections = 2 * limits.connections + limits.sockets;
  app.server.on("drop", (dropped) => onRefused("HTTP", dropped?.remoteAddress ?? "", "HTTP_FULL"));
  const onClosed = (source: string): void => onRefused("HTTP", source, "HTTP_FULL");
  const connections = new Connections({ ...limits, isProxy: trust, onClosed });
  connections.attach(app.server);
  return connections;
}

type Settled = HttpListenerOptions & {
  readonly trust: Trust;
  readonly onRefused: OnRefused;
  readonly signInsPerMinute: number;
};

function server(trust: Trust, onRefused: OnRefused): FastifyInstance {
  const app = fastify({
    trustProxy: trust,
    http: {
      ...silence,
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === "websocket",
    },
    bodyLimit: 16 * 1024,
    requestTimeout: 15_000,
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply) => void answerRefusal(reply, refusal("HTTP_BAD_REQUEST")),
    clientErrorHandler: (error, socket) => {
      if (socket.destroyed || error.code === "ECONNRESET") return;
      onRefused("HTTP", socket.remoteAddress ?? "", error.code);
      refuseRaw(socket, refusal("HTTP_BAD_REQUEST"));
    },
  });
  return app;
}

async function serve(app: FastifyInstance, options: Settled, gate: () => Gate): Promise<void> {
  await app.register(helmet, securityHeaders(gate, options.publicUrl?.startsWith("https:") === true));
  app.addHook("onRequest", async (request, reply) => {
    reply.header("permissions-policy", permissionsPolicy);
    const kind = request.method === "GET" || request.method === "HEAD" ? "read" : "change";
    const no = foreign(gate(), request.headers, kind);
    if (no === undefined) return;
    options.onRefused(`${request.method} ${request.routeOptions.url ?? "elsewhere"}`, request.ip, no.code);
    return answerRefusal(reply, no);
  });
  answerErrors(app, { explain: false, onFailure: options.onFailure });
  serveApi(app, options);
  await serveSignIn(app, options);
  if (options.signIn !== undefined) serveDevices(app, { ...options, signIn: options.signIn });
  await serveOperators(app, options);
  await servePages(app, options.pages);
}

async function listen(app: FastifyInstance, door: SocketDoor, bind: HostPort): Promise<HttpListener> {
  try {
    await app.listen({ host: bind.address, port: bind.port });
  } catch (cause) {
    await app.close();
    throw bindFailed(bind, cause);
  }
  return {
    url: urlOf(boundTo(app)),
    endSession: (session, release) => door.endSession(session, release),
    moveSession: (from, to) => door.moveSession(from, to),
    close: async () => {
      door.close();
      await app.close();
    },
  };
}

const boundTo = (app: FastifyInstance): HostPort => app.server.address() as AddressInfo;

/** A wildcard can be bound, but not opened. */
function urlOf({ address, port }: HostPort): string {
  const reachable = isWildcard(address) ? (address === "::" ? "::1" : "127.0.0.1") : address;
  return `http://${formatHostPort({ address: reachable, port })}`;
}
