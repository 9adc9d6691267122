import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { AdoptedSocket } from "@trunkline/sip-stack";
import { type WebSocket, WebSocketServer } from "ws";
import type { Access, Gate, WebSession } from "../access/gate.ts";
import { refusal } from "../access/refusal.ts";
import type { HostPort } from "../domain/address.ts";
import { admitSocket, type Opening, type SocketLimits } from "./admission.ts";
import { refuseRaw } from "./raw-answer.ts";

/** Who opened a WebSocket: both ends' addresses, the signed-in user, whether the browser's side is encrypted. */
export type Opener = {
  readonly remote: HostPort;
  readonly local: HostPort;
  readonly principal: string;
  readonly secure: boolean;
};

export type Adopt = (socket: AdoptedSocket, opener: Opener) => void;
export type OnRefused = (what: string, source: string, why: string) => void;

export type DoorOptions = {
  readonly gate: () => Gate;
  readonly access: Access;
  readonly adopt: Adopt;
  readonly onRefused: OnRefused;
  readonly limits: SocketLimits;
};

// `closeTimeout`: how long a client may take to answer our close frame; ws knows it, its types do not yet.
const serverOptions = {
  noServer: true,
  maxPayload: 64 * 1024,
  perMessageDeflate: false,
  handleProtocols: () => "sip",
  closeTimeout: 500,
};

/** Opens WebSockets for signed-in users and hands them to the SIP transport. */
export class SocketDoor {
  readonly #sockets = new WebSocketServer(serverOptions);
  readonly #openOf = new Map<string, number>();
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#sockets.on("wsClientError", (error, socket, request) => {
      options.onRefused("GET /ws", sourceOf(request), error.message);
      refuseRaw(socket, refusal("HTTP_BAD_REQUEST"));
    });
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
  }

  /** Says goodbye to every socket (RFC 6455 section 7.4.1, going away). */
  close(): void {
    for (const socket of this.#sockets.clients) socket.close(1001, "the server is stopping");
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const opening = openingOf(request);
    const admission = admitSocket(opening, this.#state());
    if (admission.ok) {
      this.#sockets.handleUpgrade(request, socket, head, (opened) =>
        this.#onOpened(opened, request, admission.session),
      );
      return;
    }
    this.#options.onRefused(`GET ${opening.path}`, sourceOf(request), admission.refusal.code);
    refuseRaw(socket, admission.refusal);
  }

  #state() {
    const { gate, access, limits } = this.#options;
    const openOf = (user: string): number => this.#openOf.get(user) ?? 0;
    return { gate: gate(), access, limits, open: this.#sockets.clients.size, openOf };
  }

  #onOpened(socket: WebSocket, request: IncomingMessage, { user }: WebSession): void {
    this.#count(user, 1);
    socket.once("close", () => this.#count(user, -1));
    socket.on("error", (error) => this.#options.onRefused("WebSocket", sourceOf(request), error.message));
    this.#options.adopt(socket, openerOf(request, user));
  }

  #count(user: string, change: 1 | -1): void {
    const open = (this.#openOf.get(user) ?? 0) + change;
    if (open === 0) this.#openOf.delete(user);
    else this.#openOf.set(user, open);
  }
}

const sourceOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? "";

const openingOf = (request: IncomingMessage): Opening => ({
  path: (request.url ?? "").split("?", 1)[0] ?? "",
  headers: request.headers,
  remoteAddress: sourceOf(request),
});

const openerOf = ({ socket, headers }: IncomingMessage, principal: string): Opener => ({
  remote: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
  local: { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
  principal,
  secure: headers.origin?.toLowerCase().startsWith("https:") === true,
});
