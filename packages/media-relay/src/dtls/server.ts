import type { KeyObject } from "node:crypto";
import { step } from "../kernel/table.ts";
import type { SrtpProfile } from "../srtp/keys.ts";
import {
  keyExchangeParams,
  readCertificateVerify,
  readClientKeyExchange,
  writeCertificate,
  writeCertificateRequest,
  writeServerKeyExchange,
} from "./authentication.ts";
import { groups, type KeyShare, makeKeyShare } from "./groups.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { type ClientHello, cipherSuite, readClientHello, writeHelloVerifyRequest, writeServerHello } from "./hello.ts";
import { extendedMasterSecret, masterSecret, type Randoms, verifyData, writeKeys } from "./key-schedule.ts";
import { joined } from "./octets.ts";
import { profileNumber, sharedProfile, srtpKeys } from "./profiles.ts";
import { isRefused, isSameProof, namedKey, refusals } from "./proof.ts";
import { dtls12 } from "./record.ts";
import type { Association, Refused, Role, Taken } from "./role.ts";
import { type ServerAction, type ServerEvent, type ServerState, serverTable } from "./server-table.ts";
import { isSignedBy, signData } from "./signature.ts";
import { Transcript } from "./transcript.ts";

const randomOctets = 32;
const cookieOctets = 20;

const events: ReadonlyMap<number, ServerEvent> = new Map([
  [handshakeType.certificate, "certificate"],
  [handshakeType.clientKeyExchange, "keyExchange"],
  [handshakeType.certificateVerify, "certificateVerify"],
  [handshakeType.finished, "finished"],
]);

/** The result of both hellos. */
type Agreed = {
  readonly hello: ClientHello;
  readonly profile: SrtpProfile;
  readonly share: KeyShare;
  readonly randoms: Randoms;
};

/** The server side. Nothing is connected before the client has proved who it is. */
export class Server implements Role {
  readonly #association: Association;
  readonly #transcript = new Transcript();
  readonly #random: Uint8Array;
  readonly #cookie: Uint8Array;
  #state: ServerState = "awaitingHello";
  #agreed: Agreed | undefined;
  #peerKey: KeyObject | undefined;
  #master: Uint8Array = new Uint8Array(0);
  #seq = 0;
  /** Length of the transcript after our flight. */
  #mark = 0;
  constructor(association: Association) {
    this.#association = association;
    this.#random = association.random(randomOctets);
    this.#cookie = association.random(cookieOctets);
  }

  get isOpening(): boolean {
    return this.#state === "awaitingHello";
  }
  expects(type: number): boolean {
    return type === handshakeType.clientHello || (!this.isOpening && events.has(type));
  }
  opens({ type }: HandshakeMessage): boolean {
    return type === handshakeType.clientHello;
  }
  begin(): void {
    // The client starts.
  }

  rewind(): void {
    this.#transcript.cut(this.#mark);
    this.#state = "awaitingCertificate";
  }

  take(message: HandshakeMessage): Taken {
    const event = this.#eventOf(message);
    if (event === undefined) return refusals.malformed;
    const rule = step<ServerState, ServerEvent, ServerAction>(serverTable, this.#state, event);
    if (rule === undefined) return refusals.unexpected;
    for (const action of rule.run) {
      const refused = this.#actions[action](message);
      if (isRefused(refused)) return refused;
    }
    const wasOpening = this.isOpening;
    this.#state = rule.to;
    if (event === "helloWithoutCookie") return "aside";
    return wasOpening ? "flight-complete" : "taken";
  }

  /** The cookie keeps datagrams with a forged source from starting a handshake (RFC 6347 section 4.2.1). */
  #eventOf({ type, body }: HandshakeMessage): ServerEvent | undefined {
    if (type !== handshakeType.clientHello) return events.get(type);
    const hello = readClientHello(body);
    if (hello === undefined) return undefined;
    return isSameProof(hello.cookie, this.#cookie) ? "hello" : "helloWithoutCookie";
  }

  readonly #actions: Readonly<Record<ServerAction, (message: HandshakeMessage) => Refused | undefined>> = {
    // The cookie does not depend on the hello: after a forged hello the client still gets a valid one.
    askForCookie: () => {
      const body = writeHelloVerifyRequest(this.#cookie);
      this.#association.flights.sendOnce({ type: handshakeType.helloVerifyRequest, seq: 0, body });
      return undefined;
    },
    negotiate: ({ body }) => {
      const agreed = this.#negotiate(readClientHello(body)!);
      if (isRefused(agreed)) return agreed;
      this.#agreed = agreed;
      return undefined;
    },
    sendHello: (message) => {
      this.#seq = message.seq;
      this.#transcript.add(message);
      this.#association.flights.send(this.#helloFlight().map((one) => ({ message: one })));
      this.#mark = this.#transcript.length;
      return undefined;
    },
    checkFingerprint: (message) => {
      const key = namedKey(message.body, this.#association.options.fingerprints());
      if (isRefused(key)) return key;
      this.#peerKey = key;
      this.#transcript.add(message);
      return undefined;
    },
    agreeOnKeys: (message) => {
      const { share, hello, randoms } = this.#agreed!;
      const peer = readClientKeyExchange(message.body);
      const shared = peer && share.agree(peer);
      if (shared === undefined) return refusals.badKeyShare;
      this.#transcript.add(message);
      this.#master = hello.extensions.extendedMasterSecret
        ? extendedMasterSecret(shared, this.#transcript.octets)
        : masterSecret(shared, randoms);
      return undefined;
    },
    verifyPossession: (message) => {
      const signed = readCertificateVerify(message.body);
      if (signed === undefined) return refusals.malformed;
      const isProved = isSignedBy(this.#peerKey!, signed.scheme, this.#transcript.octets, signed.signature);
      if (!isProved) return refusals.noPossession;
      this.#transcript.add(message);
      this.#association.readWith(writeKeys(this.#master, this.#agreed!.randoms).client);
      return undefined;
    },
    verifyFinished: (message) => {
      const expected = verifyData(this.#master, "client", this.#transcript.octets);
      if (!isSameProof(expected, message.body)) return refusals.otherHandshake;
      this.#transcript.add(message);
      return undefined;
    },
    sendFinished: () => {
      const { flights } = this.#association;
      const body = verifyData(this.#master, "server", this.#transcript.octets);
      const message = { type: handshakeType.finished, seq: this.#nextSeq(), body };
      flights.protectWith(writeKeys(this.#master, this.#agreed!.randoms).server);
      flights.sendLast(["changeCipherSpec", { message, isProtected: true }]);
      return undefined;
    },
    connect: () => {
      const { profile, randoms } = this.#agreed!;
      this.#association.connect(srtpKeys(profile, "server", this.#master, randoms));
      return undefined;
    },
  };

  #negotiate(hello: ClientHello): Agreed | Refused {
    const { srtpProfiles } = this.#association.options;
    // DTLS versions count down. A DTLS 1.3 client sends 1.2 here.
    if (hello.version > dtls12) return refusals.noVersion;
    if (!hello.suites.includes(cipherSuite.ecdheEcdsa)) return refusals.noSuite;
    const profile = sharedProfile(srtpProfiles, hello.extensions.srtpProfiles);
    if (profile === undefined) return refusals.noProfile;
    const group = groups.find((one) => hello.extensions.groups.includes(one));
    const share = group === undefined ? undefined : makeKeyShare(group);
    if (share === undefined) return refusals.noGroup;
    return { hello, profile, share, randoms: { client: hello.random.slice(), server: this.#random } };
  }

  #helloFlight(): readonly HandshakeMessage[] {
    const { hello, profile } = this.#agreed!;
    const suite = cipherSuite.ecdheEcdsa;
    const { certificate } = this.#association.options.identity;
    return [
      this.#say(handshakeType.serverHello, writeServerHello(hello, this.#random, suite, profileNumber[profile])),
      this.#say(handshakeType.certificate, writeCertificate(certificate)),
      this.#say(handshakeType.serverKeyExchange, this.#signedKeyExchange()),
      this.#say(handshakeType.certificateRequest, writeCertificateRequest()),
      this.#say(handshakeType.serverHelloDone, new Uint8Array(0)),
    ];
  }

  /** The signature binds the key share to both randoms, RFC 5246 section 7.4.3. */
  #signedKeyExchange(): Uint8Array {
    const { share, randoms } = this.#agreed!;
    const params = keyExchangeParams(share.group, share.publicKey);
    const { privateKey } = this.#association.options.identity;
    return writeServerKeyExchange(params, signData(privateKey, joined(randoms.client, randoms.server, params)));
  }

  #say(type: number, body: Uint8Array): HandshakeMessage {
    const message = { type, seq: this.#nextSeq(), body };
    this.#transcript.add(message);
    return message;
  }

  #nextSeq(): number {
    this.#seq += 1;
    return this.#seq - 1;
  }
}
