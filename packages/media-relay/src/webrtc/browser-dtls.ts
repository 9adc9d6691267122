import { DtlsAssociation, type DtlsUser } from "../dtls/association.ts";
import type { Fingerprint, Identity } from "../dtls/certificate.ts";
import type { Side } from "../dtls/key-schedule.ts";
import type { Clock } from "../kernel/clock.ts";
import { systemRandom } from "../kernel/random.ts";
import type { RefusalReason } from "../kernel/refusals.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import type { DtlsPath } from "./werift-inside.ts";

/** In order of preference. */
const srtpProfiles = ["AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"] as const;

/** The listener of the DTLS handshake with a browser. */
export interface BrowserDtlsUser {
  onKeys(keys: SrtpKeys): void;
  onFailed(why: string): void;
  onRefused(reason: RefusalReason): void;
}

/** The DTLS handshake with one browser, over the path that ICE found. */
export class BrowserDtls {
  readonly #clock: Clock;
  readonly #fingerprints: () => readonly Fingerprint[];
  readonly #user: BrowserDtlsUser;
  #association: DtlsAssociation | undefined;
  #isClosed = false;
  #settle: (why?: string) => void = () => {};
  /** @param fingerprints the fingerprints in the browser's SDP */
  constructor(clock: Clock, fingerprints: () => readonly Fingerprint[], user: BrowserDtlsUser) {
    this.#clock = clock;
    this.#fingerprints = fingerprints;
    this.#user = user;
  }

  /** Resolves when both sides are authenticated; rejects when the handshake fails or is closed. */
  run(side: Side, identity: Identity, path: DtlsPath): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new Error("DTLS was closed"));
      this.#settle = (why) => (why === undefined ? resolve() : reject(new Error(why)));
      const options = { identity, fingerprints: this.#fingerprints, srtpProfiles };
      this.#association = new DtlsAssociation(side, options, this.#clock, systemRandom, this.#reports(path));
      this.#association.begin();
      path.listen((datagram) => this.#association?.receive(datagram));
    });
  }

  /** Ends the handshake; nothing is sent or reported afterwards. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#association?.close();
    this.#settle("DTLS was closed");
  }

  #reports(path: DtlsPath): DtlsUser {
    return {
      send: (datagram) => path.send(datagram),
      onConnected: (keys) => {
        this.#user.onKeys(keys);
        this.#settle();
      },
      onFailed: (why) => {
        this.#user.onFailed(why);
        this.#settle(why);
      },
      onRefused: (reason) => this.#user.onRefused(reason),
    };
  }
}
