import type { DatagramSocket } from "../kernel/datagrams.ts";
import { step } from "../kernel/table.ts";
import { unreachable } from "../kernel/unreachable.ts";
import type {
  Agreed,
  BrowserHandshake,
  ChosenPath,
  Description,
  HandshakeUser,
  OfferOptions,
} from "../webrtc/handshake.ts";
import { BrowserIngress, type BrowserIngressUser } from "./browser-ingress.ts";
import type { ConnectionPlace, ConnectionUser } from "./connection-place.ts";
import {
  type ConnectionAction,
  type ConnectionEvent,
  type ConnectionState,
  connectionTable,
} from "./connection-table.ts";
import { Consent } from "./consent.ts";
import { HostSockets } from "./host-sockets.ts";
import { IceUsers } from "./ice-users.ts";
import { Relocation, type RelocationUser } from "./relocation.ts";

/** A browser that has not come after so long will not come. */
const connectWithinMs = 20_000;

/** The way to one browser: its sockets, what is known of its ICE, consent to send, and the handshake that is done elsewhere. */
export class BrowserConnection {
  readonly #place: ConnectionPlace;
  readonly #user: ConnectionUser;
  readonly #users = new IceUsers();
  readonly #sockets = new HostSockets();
  readonly #relocation: Relocation;
  #handshake: BrowserHandshake | undefined;
  #hasKeys = false;
  #path: ChosenPath | undefined;
  #socket: DatagramSocket | undefined;
  #consent: Consent | undefined;
  #state: ConnectionState = "waiting";
  #cancelDeadline: () => void = () => {};
  #closing: Promise<void> | undefined;
  private constructor(place: ConnectionPlace, user: ConnectionUser) {
    this.#place = place;
    this.#user = user;
    this.#relocation = new Relocation(place.clock, place.random, this.#relocationUser());
  }

  /** Binds a port for each host and opens a handshake. Rejects with MEDIA_NO_PORT or MEDIA_WORKER_GONE. */
  static async open(place: ConnectionPlace, user: ConnectionUser): Promise<BrowserConnection> {
    const connection = new BrowserConnection(place, user);
    try {
      await connection.#begin();
      return connection;
    } catch (cause) {
      await connection.close();
      throw cause;
    }
  }

  async offer(options?: OfferOptions): Promise<string> {
    return this.#describe(await this.#handshake!.offer(options));
  }

  async accept(answer: string): Promise<Agreed> {
    const agreed = await this.#handshake!.accept(answer);
    this.#dispatch("described");
    return agreed;
  }

  async answer(offer: string): Promise<{ readonly sdp: string; readonly agreed: Agreed }> {
    const answer = await this.#handshake!.answer(offer);
    this.#dispatch("described");
    return { sdp: this.#describe(answer), agreed: answer.agreed };
  }

  /** Sends what is protected; nothing while there is no consent. */
  send(bytes: Uint8Array): void {
    if (this.#state === "live") this.#socket!.send(bytes, this.#path!.to);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#dispatch("close");
    this.#sockets.close();
    await this.#handshake?.close();
  }

  async #begin(): Promise<void> {
    const { tally, clock, pool, hosts, handshakes } = this.#place;
    const ingress = new BrowserIngress(tally, clock, this.#ingressUser());
    await this.#sockets.bind(pool, hosts, (host, bytes, from) => ingress.take(host, bytes, from));
    const offered = this.#sockets.locals.map((local, index) => ({ host: hosts.hosts[index]!, local }));
    this.#handshake = await handshakes.open({ hosts: offered, ssrc: this.#user.ssrc }, this.#handshakeUser());
  }

  #describe({ sdp, user }: Description): string {
    this.#users.add(user);
    return sdp;
  }

  #handshakeUser(): HandshakeUser {
    return {
      send: (host, bytes, to) => this.#sockets.at(host)?.send(bytes, to),
      onKeys: (keys) => {
        this.#hasKeys = true;
        this.#user.onKeys(keys);
        if (this.#path !== undefined) this.#dispatch("reachable");
      },
      onPath: (path) => this.#onPath(path),
      onFailed: (why) => this.#dispatch("failed", why),
      onRefused: (reason) => this.#place.tally.refuse(reason),
    };
  }

  #onPath(path: ChosenPath): void {
    const isSame = this.#path !== undefined && isSamePath(this.#path, path);
    this.#path = path;
    this.#socket = this.#sockets.at(path.host);
    if (!isSame) this.#relocation.reset();
    if (isSame) this.#consent?.update(path);
    else if (this.#hasKeys) this.#dispatch("reachable");
  }

  #dispatch(event: ConnectionEvent, why = ""): void {
    const rule = step<ConnectionState, ConnectionEvent, ConnectionAction>(connectionTable, this.#state, event);
    if (rule === undefined) return;
    this.#state = rule.to;
    for (const action of rule.run) this.#run(action, why);
  }

  #run(action: ConnectionAction, why: string): void {
    switch (action) {
      case "stop":
        this.#cancelDeadline();
        this.#consent?.close();
        break;
      case "startDeadline":
        this.#cancelDeadline = this.#place.clock.after(connectWithinMs, () =>
          this.#dispatch("overdue", "no connection within 20 seconds"),
        );
        break;
      case "askConsent":
        this.#askConsent();
        break;
      case "reportLive":
        this.#user.onLive();
        break;
      case "reportLost":
        this.#user.onLost(why);
        break;
      default:
        unreachable(action);
    }
  }

  #askConsent(): void {
    const { clock, random } = this.#place;
    this.#consent = new Consent(this.#path!, clock, random, {
      send: (bytes) => this.#socket?.send(bytes, this.#path!.to),
      onInterrupted: () => this.#user.onInterrupted(),
      onLost: (how) => this.#dispatch("expired", lossWords[how]),
    });
  }

  #relocationUser(): RelocationUser {
    const self = this;
    return {
      get path() {
        return self.#hasKeys ? self.#path : undefined;
      },
      send: (host, bytes, to) => self.#sockets.at(host)?.send(bytes, to),
      onMoved: (host, to) => self.#onPath({ ...self.#path!, host, to }),
    };
  }

  #ingressUser(): BrowserIngressUser {
    const self = this;
    return {
      users: self.#users,
      get path() {
        return self.#path;
      },
      get hasKeys() {
        return self.#hasKeys;
      },
      relocation: self.#relocation,
      onResponse: (bytes) => self.#consent?.take(bytes) ?? false,
      onHandshake: (host, bytes, from) => self.#handshake?.receive(host, bytes, from),
      reply: (host, bytes, to) => self.#sockets.at(host)?.send(bytes, to),
      onRtp: (bytes) => self.#user.onRtp(bytes),
      onRtcp: (bytes) => self.#user.onRtcp(bytes),
    };
  }
}

const lossWords = {
  expired: "consent lost: the browser has not answered for 30 seconds",
  revoked: "consent revoked: the browser answered 403 (Forbidden)",
} as const;

const isSamePath = (one: ChosenPath, other: ChosenPath): boolean =>
  one.host === other.host &&
  one.to.address === other.to.address &&
  one.to.port === other.to.port &&
  one.theirs.fragment === other.theirs.fragment &&
  one.ours.fragment === other.ours.fragment;
