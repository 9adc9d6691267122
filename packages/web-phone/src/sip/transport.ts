import JsSIP from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession.js";
import type { RTCSessionEvent, UA, UAConfiguration } from "jssip/lib/UA.js";
import type { Caller, CallLink, LinkListener, PhoneTransport, TransportListener } from "../core/transport.ts";
import { JsSipLink, type LinkParts } from "./link.ts";

/** Where and as whom the phone registers. */
export type Account = {
  /** `ws:` or `wss:` URL of the server's SIP socket (RFC 7118). */
  readonly socketUrl: string;
  /** `sip:user@domain`; numbers are called within the same domain. */
  readonly sipUri: string;
  readonly name: string;
  readonly version: string;
};

const longestCaller = 64;
const busyHere = 486;
/** How long a call may ring here, in seconds; the server has its own, shorter limit. */
const longestRing = 300;
/** Seconds between attempts to reconnect: the first, and the longest that it grows to. */
const recovery = { first: 1, longest: 20 } as const;

/** SIP over WebSocket by JsSIP. */
export class JsSipTransport implements PhoneTransport {
  readonly #account: Account;
  readonly #parts: LinkParts;
  #agent: UA | undefined;

  constructor(account: Account, parts: LinkParts) {
    this.#account = account;
    this.#parts = parts;
  }

  start(listener: TransportListener): void {
    this.stop();
    const agent = new JsSIP.UA(configuration(this.#account));
    this.#agent = agent;
    agent.on("registered", () => this.#while(agent, () => listener.registered()));
    agent.on("registrationFailed", ({ response }) =>
      this.#while(agent, () =>
        response ? listener.registrationRefused(response.status_code) : listener.disconnected(),
      ),
    );
    agent.on("disconnected", () => this.#while(agent, () => listener.disconnected()));
    agent.on("newRTCSession", (event: RTCSessionEvent) => this.#session(event, listener));
    agent.start();
  }

  register(): void {
    this.#agent?.register();
  }

  stop(): void {
    const agent = this.#agent;
    this.#agent = undefined;
    agent?.stop();
  }

  call(number: string, listener: LinkListener): CallLink {
    const link = new JsSipLink(this.#parts, listener, () => this.#isOnline);
    const target = `sip:${encodeURIComponent(number)}@${this.#account.sipUri.replace(/^.*@/, "")}`;
    void link.place((options, eventHandlers) => {
      if (this.#agent === undefined) throw new Error("offline");
      return this.#agent.call(target, { ...options, eventHandlers });
    });
    return link;
  }

  get #isOnline(): boolean {
    return this.#agent?.isConnected() ?? false;
  }

  /** A stopped agent may still report; nobody wants to hear it. */
  #while(agent: UA, report: () => void): void {
    if (this.#agent === agent) report();
  }

  #session({ session, originator }: RTCSessionEvent, listener: TransportListener): void {
    if (String(originator) !== "remote") return;
    const link = new JsSipLink(this.#parts, undefined, () => this.#isOnline);
    const heard = listener.incoming(link, callerOf(session));
    if (heard === undefined) session.terminate({ status_code: busyHere });
    else link.adopt(session, heard);
  }
}

function configuration(account: Account): UAConfiguration {
  return {
    sockets: [new JsSIP.WebSocketInterface(account.socketUrl)],
    uri: account.sipUri,
    display_name: account.name,
    user_agent: `Trunkline/${account.version}`,
    register: true,
    session_timers: false,
    no_answer_timeout: longestRing,
    connection_recovery_min_interval: recovery.first,
    connection_recovery_max_interval: recovery.longest,
  };
}

function callerOf(session: RTCSession): Caller {
  const { uri, display_name } = session.remote_identity;
  const name = bounded(display_name ?? "");
  return { number: bounded(uri.user ?? ""), name: name === "" ? undefined : name };
}

function bounded(text: string): string {
  return text.replace(/\p{C}/gu, " ").trim().slice(0, longestCaller);
}
