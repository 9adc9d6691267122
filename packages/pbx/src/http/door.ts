import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AdoptedFlow, AdoptedSocket, Clock } from "@trunkline/sip-stack";
import { type WebSocket, WebSocketServer } from "ws";
import type { OnFailure } from "../access/answer.ts";
import type { Access, Gate, WebSession } from "../access/gate.ts";
import { refusal } from "../access/refusal.ts";
import type { HostPort } from "../domain/address.ts";
import { admitSocket, type Opening, type SocketLimits } from "./admission.ts";
import { type MessageLimits, MessageRate, metered } from "./message-rate.ts";
import { refuseRaw } from "./raw-answer.ts";
import { sourceOf, type Trust } from "./source.ts";

/** Who opened a WebSocket: both ends' addresses, the signed-in user, whether the browser's side is encrypted. */
export type Opener = {
  readonly remote: HostPort;
  readonly local: HostPort;
  readonly principal: string;
  readonly secure: boolean;
};

export type Adopt = (socket: AdoptedSocket, opener: Opener) => AdoptedFlow;
export type OnRefused = (what: string, source: string, why: string) => void;

export type DoorOptions = {
  readonly gate: () => Gate;
  readonly access: Access;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly adopt: Adopt;
  readonly onRefused: OnRefused;
  readonly onFailure?: OnFailure | undefined;
  readonly limits: SocketLimits & MessageLimits;
  /** Told of each connection that has become a signed-in user's WebSocket. */
  readonly onOpened?: (socket: Socket) => void;
};

// `closeTimeout`: how long a client may take to answer our close frame; ws knows it, its types do not yet.
const serverOptions = {
  noServer: true,
  maxPayload: 64 * 1024,
  perMessageDeflate: false,
  autoPong: false,
  handleProtocols: () => "sip",
  closeTimeout: 500,
};

/** RFC 6455 section 7.4: what a socket is closed with; those from 4000 are ours. */
const closing = { goingAway: 1001, tooMuch: 1008, signedOut: 4401 } as const;

/** A socket that is open, whose it is, and the way that SIP makes of it. */
type Opened = { readonly socket: WebSocket; readonly flow: AdoptedFlow };

/** What a user has open, and how much of it he may still say. */
type Presence = { readonly sockets: Set<WebSocket>; readonly rate: MessageRate };

/** Opens WebSockets for signed-in users and hands them to the SIP transport. */
export class SocketDoor {
  readonly #sockets = new WebSocketServer(serverOptions);
  /** Kept when the last socket is closed, or a new one would begin to count anew. There are no more than there are users. */
  readonly #presences = new Map<string, Presence>();
  readonly #ofSession = new Map<string, Set<Opened>>();
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#sockets.on("wsClientError", (error, socket, request) => {
      options.onRefused("GET /ws", this.#sourceOf(request), error.message);
      refuseRaw(socket, refusal("HTTP_BAD_REQUEST"));
    });
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      this.#onUpgrade(request, socket, head).catch((cause: Error) => {
        this.#options.onFailure?.("GET /ws", cause);
        refuseRaw(socket, refusal("HTTP_FAILED"));
      });
    });
  }

  /**
   * Ends what was opened with a session.
   * @param release settles when nothing needs a way any more: then its socket is closed
   */
  endSession(session: string, release: (flow: AdoptedFlow) => Promise<void>): void {
    for (const { socket, flow } of this.#ofSession.get(session) ?? [])
      void release(flow).finally(() => socket.close(closing.signedOut, "signed out"));
  }

  /** What was opened with one session is another one's of the same user from now on. */
  moveSession(from: string, to: string): void {
    const opened = this.#ofSession.get(from) ?? [];
    this.#ofSession.delete(from);
    for (const one of opened) this.#remember(to, one);
  }

  /** Says goodbye to every socket. */
  close(): void {
    for (const socket of this.#sockets.clients) socket.close(closing.goingAway, "the server is stopping");
  }

  async #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const opening = this.#openingOf(request);
    const admission = await admitSocket(opening, this.#state());
    if (admission.ok) {
      this.#sockets.handleUpgrade(request, socket, head, (opened) =>
        this.#onOpened(opened, request, admission.session),
      );
      return;
    }
    this.#options.onRefused(`GET ${opening.path}`, opening.remoteAddress, admission.refusal.code);
    refuseRaw(socket, admission.refusal);
  }

  #state() {
    const { gate, access, limits } = this.#options;
    const openOf = (user: string): number => this.#presences.get(user)?.sockets.size ?? 0;
    return { gate: gate(), access, limits, open: () => this.#sockets.clients.size, openOf };
  }

  #onOpened(socket: WebSocket, request: IncomingMessage, { user, session }: WebSession): void {
    this.#options.onOpened?.(request.socket);
    const source = this.#sourceOf(request);
    const presence = this.#arrive(user.name, socket);
    socket.on("error", (error) => this.#options.onRefused("WebSocket", source, error.message));
    const admits = (): boolean => presence.rate.take() || this.#tooMuch(socket, source);
    socket.on("ping", (data) => admits() && socket.pong(data));
    const flow = this.#options.adopt(metered(socket, admits), openerOf(request, user.name));
    if (session === undefined) return;
    this.#remember(session.id, { socket, flow });
    void this.#confirm(request, socket, flow);
  }

  /** The session may have ended while the socket was being opened, and nobody was told who would have closed it. */
  async #confirm(request: IncomingMessage, socket: WebSocket, flow: AdoptedFlow): Promise<void> {
    const session = await this.#options.access.sessionOf(this.#openingOf(request)).catch(() => undefined);
    if (session !== undefined) return;
    flow.disown();
    socket.close(closing.signedOut, "signed out");
  }

  #arrive(user: string, socket: WebSocket): Presence {
    const { clock, limits } = this.#options;
    const presence = this.#presences.get(user) ?? { sockets: new Set(), rate: new MessageRate(clock, limits) };
    this.#presences.set(user, presence);
    presence.sockets.add(socket);
    socket.once("close", () => presence.sockets.delete(socket));
    return presence;
  }

  #remember(session: string, opened: Opened): void {
    const all = this.#ofSession.get(session) ?? new Set();
    this.#ofSession.set(session, all.add(opened));
    opened.socket.once("close", () => {
      all.delete(opened);
      if (all.size === 0) this.#ofSession.delete(session);
    });
  }

  #tooMuch(socket: WebSocket, source: string): false {
    if (socket.readyState === socket.OPEN) {
      this.#options.onRefused("WebSocket", source, "too many messages");
      socket.close(closing.tooMuch, "too many messages");
    }
    return false;
  }

  #sourceOf(request: IncomingMessage): string {
    return sourceOf(request, this.#options.trust);
  }

  #openingOf(request: IncomingMessage): Opening {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    return { path, headers: request.headers, remoteAddress: this.#sourceOf(request) };
  }
}

const openerOf = ({ socket, headers }: IncomingMessage, principal: string): Opener => ({
  remote: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
  local: { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
  principal,
  secure: headers.origin?.toLowerCase().startsWith("https:") === true,
});
