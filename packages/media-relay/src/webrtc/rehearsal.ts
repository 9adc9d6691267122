import { RTCPeerConnection } from "werift";
import type { Fingerprint } from "../dtls/certificate.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Address } from "../kernel/datagrams.ts";
import { BrowserDtls } from "./browser-dtls.ts";
import { readBrowserSdp } from "./browser-sdp.ts";
import { Peer } from "./peer.ts";
import { AdoptedTransport, adoptTransports, askNoStunServer, replaceDtls } from "./werift-inside.ts";

const here = "127.0.0.1";
const ports = { browser: 1, ours: 2 } as const;
/** Whoever waits for a rehearsal waits no longer than this. */
const longestMs = 2000;

/** Who offers. */
export type RehearsedRole = "relay-offers" | "browser-offers";

/**
 * One whole handshake of this thread with itself, over no network, before the first call: code that ran once is compiled, and
 * the first caller does not wait for it.
 */
export class Rehearsal {
  readonly #role: RehearsedRole;
  readonly #clock: Clock;
  readonly #through = Promise.withResolvers<void>();
  readonly #browser: RTCPeerConnection;
  readonly #transport: AdoptedTransport;
  readonly #peer: Peer;
  readonly #dtls: BrowserDtls;
  #fingerprints: readonly Fingerprint[] = [];
  #describing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #cancelLimit: () => void = () => {};
  constructor(role: RehearsedRole, clock: Clock) {
    this.#role = role;
    this.#clock = clock;
    this.#dtls = new BrowserDtls(clock, () => this.#fingerprints, quiet);
    this.#transport = new AdoptedTransport(at(ports.browser), (bytes) =>
      later(bytes, (copy) => this.#peer.receive(0, copy, at(ports.browser))),
    );
    this.#browser = new RTCPeerConnection({ iceServers: [], ...adoptTransports([here], [this.#transport]) });
    this.#browser.addTransceiver("audio");
    askNoStunServer(this.#browser);
    replaceDtls(this.#browser, (side, identity, path) => this.#dtls.run(side, identity, path));
    this.#peer = this.#makePeer();
  }

  /** Resolves when it is through and closed. A rehearsal that fails or takes too long costs nobody anything else. */
  play(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#cancelLimit = this.#clock.after(longestMs, () => this.#through.resolve());
    this.#describing = this.#describe().catch(() => this.#through.resolve());
    return this.#through.promise.then(() => this.close());
  }

  /** Ends it wherever it is; idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelLimit();
    this.#through.resolve();
    await this.#describing;
    this.#dtls.close();
    await Promise.all([this.#browser.close(), this.#peer.close()]);
  }

  #describe(): Promise<void> {
    return this.#role === "relay-offers" ? this.#offer() : this.#answer();
  }
  async #offer(): Promise<void> {
    const { sdp } = await this.#peer.offer();
    this.#fingerprints = fingerprintsIn(sdp);
    await this.#browser.setRemoteDescription({ type: "offer", sdp });
    await this.#browser.setLocalDescription(await this.#browser.createAnswer());
    await this.#peer.accept(this.#browser.localDescription?.sdp ?? "");
  }
  async #answer(): Promise<void> {
    await this.#browser.setLocalDescription(await this.#browser.createOffer());
    const { sdp } = await this.#peer.answer(this.#browser.localDescription?.sdp ?? "");
    this.#fingerprints = fingerprintsIn(sdp);
    await this.#browser.setRemoteDescription({ type: "answer", sdp });
  }

  #makePeer(): Peer {
    const hosts = [{ host: here, local: at(ports.ours) }];
    const user = {
      send: (_host: number, bytes: Uint8Array) =>
        later(bytes, (copy) => this.#transport.onData(Buffer.from(copy), [here, ports.ours])),
      onKeys: () => this.#through.resolve(),
      onPath: () => {},
      onFailed: () => this.#through.resolve(),
      onRefused: () => {},
    };
    return new Peer({ hosts, ssrc: 1 }, user, () => {}, this.#clock);
  }
}

function fingerprintsIn(sdp: string): readonly Fingerprint[] {
  const read = readBrowserSdp(sdp);
  return read.ok ? read.value.fingerprints : [];
}

const quiet = { onKeys: () => {}, onFailed: () => {}, onRefused: () => {} };

const at = (port: number): Address => ({ address: here, port });

/** Datagrams arrive in a later turn, and what they lay in may be written to until then. */
function later(bytes: Uint8Array, take: (copy: Uint8Array) => void): void {
  const copy = new Uint8Array(bytes);
  queueMicrotask(() => take(copy));
}
