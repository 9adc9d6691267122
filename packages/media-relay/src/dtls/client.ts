import type { KeyObject } from "node:crypto";
import { step } from "../kernel/table.ts";
import type { SrtpProfile } from "../srtp/keys.ts";
import { readServerKeyExchange, writeCertificate, writeClientKeyExchange, writeSigned } from "./authentication.ts";
import { type ClientAction, type ClientEvent, type ClientState, clientTable } from "./client-table.ts";
import { wereAsked } from "./extensions.ts";
import type { FlightPart } from "./flight.ts";
import { type KeyShare, makeKeyShare } from "./groups.ts";
import { type HandshakeMessage, handshakeType } from "./handshake-message.ts";
import { cipherSuite, readHelloVerifyRequest, readServerHello, type ServerHello, writeClientHello } from "./hello.ts";
import { extendedMasterSecret, masterSecret, type Randoms, verifyData, writeKeys } from "./key-schedule.ts";
import { joined } from "./octets.ts";
import { profileNumber, sharedProfile, srtpKeys } from "./profiles.ts";
import { isRefused, isSameProof, namedKey, refusals } from "./proof.ts";
import { dtls12 } from "./record.ts";
import type { Association, Refused, Role, Taken } from "./role.ts";
import { isSignedBy, signData } from "./signature.ts";
import { Transcript } from "./transcript.ts";

const randomOctets = 32;
/** Limit on HelloVerifyRequests with a new cookie, which can be forged. */
const mostCookies = 64;

const events: ReadonlyMap<number, ClientEvent> = new Map([
  [handshakeType.helloVerifyRequest, "helloVerifyRequest"],
  [handshakeType.serverHello, "hello"],
  [handshakeType.certificate, "certificate"],
  [handshakeType.serverKeyExchange, "keyExchange"],
  [handshakeType.certificateRequest, "certificateRequest"],
  [handshakeType.serverHelloDone, "helloDone"],
  [handshakeType.finished, "finished"],
]);

/** The result of both hellos. */
type Agreed = { readonly hello: ServerHello; readonly profile: SrtpProfile; readonly randoms: Randoms };

/** The client side. Nothing is connected before the server has proved who it is. */
export class Client implements Role {
  readonly #association: Association;
  readonly #transcript = new Transcript();
  readonly #random: Uint8Array;
  /** Our hellos by number; the second has the cookie. */
  #hellos: readonly HandshakeMessage[] = [];
  #cookies = 0;
  #cookie: Uint8Array = new Uint8Array(0);
  #state: ClientState = "awaitingHello";
  #agreed: Agreed | undefined;
  #peerKey: KeyObject | undefined;
  #share: KeyShare | undefined;
  #peerShare: Uint8Array = new Uint8Array(0);
  #isAsked = false;
  #master: Uint8Array = new Uint8Array(0);
  #seq = 0;
  constructor(association: Association) {
    this.#association = association;
    this.#random = association.random(randomOctets);
  }

  get isOpening(): boolean {
    return this.#state === "awaitingHello";
  }
  expects(type: number): boolean {
    return events.has(type);
  }
  /** A server without cookies answers the first hello, with number 0. */
  opens({ type, seq }: HandshakeMessage): boolean {
    return (
      type === handshakeType.helloVerifyRequest || (type === handshakeType.serverHello && seq < this.#hellos.length)
    );
  }
  begin(): void {
    this.#sendHello(0, new Uint8Array(0));
  }

  rewind(): void {
    this.#transcript.cut(0);
    this.#isAsked = false;
    this.#state = "awaitingHello";
  }

  take(message: HandshakeMessage): Taken {
    const event = events.get(message.type);
    const rule = event && step<ClientState, ClientEvent, ClientAction>(clientTable, this.#state, event);
    if (rule === undefined) return refusals.unexpected;
    for (const action of rule.run) {
      const refused = this.#actions[action](message);
      if (isRefused(refused)) return refused;
    }
    this.#state = rule.to;
    if (event === "helloVerifyRequest") return "aside";
    return event === "helloDone" ? "flight-complete" : "taken";
  }

  readonly #actions: Readonly<Record<ClientAction, (message: HandshakeMessage) => Refused | undefined>> = {
    repeatHello: ({ body }) => {
      const cookie = readHelloVerifyRequest(body);
      if (cookie === undefined) return refusals.malformed;
      if (isSameProof(cookie, this.#cookie) || !this.#takesCookie) return undefined;
      if (this.#cookies >= mostCookies) return refusals.unexpected;
      this.#cookies += 1;
      this.#cookie = cookie;
      this.#sendHello(1, cookie);
      return undefined;
    },
    negotiate: (message) => {
      const agreed = this.#negotiate(message);
      if (isRefused(agreed)) return agreed;
      this.#agreed = agreed;
      const hello = this.#hellos[message.seq]!;
      this.#seq = hello.seq + 1;
      this.#transcript.add(hello);
      this.#transcript.add(message);
      return undefined;
    },
    checkFingerprint: (message) => {
      const key = namedKey(message.body, this.#association.options.fingerprints());
      if (isRefused(key)) return key;
      this.#peerKey = key;
      this.#transcript.add(message);
      return undefined;
    },
    verifyPossession: (message) => {
      const refused = this.#verifyKeyExchange(message.body);
      if (refused === undefined) this.#transcript.add(message);
      return refused;
    },
    noteRequest: (message) => {
      this.#isAsked = true;
      this.#transcript.add(message);
      return undefined;
    },
    sendProof: (message) => {
      this.#transcript.add(message);
      const flight = this.#proofFlight();
      const keys = writeKeys(this.#master, this.#agreed!.randoms);
      this.#association.flights.protectWith(keys.client);
      this.#association.flights.send(flight);
      this.#association.readWith(keys.server);
      return undefined;
    },
    verifyFinished: ({ body }) => {
      const expected = verifyData(this.#master, "server", this.#transcript.octets);
      return isSameProof(expected, body) ? undefined : refusals.otherAnswer;
    },
    connect: () => {
      const { profile, randoms } = this.#agreed!;
      // From here on a retransmission by the server needs no answer.
      this.#association.flights.sendLast([]);
      this.#association.connect(srtpKeys(profile, "client", this.#master, randoms));
      return undefined;
    },
  };

  /** Once it has sent one cookie, another is used only if that one gets no answer: the server may have accepted it. */
  get #takesCookie(): boolean {
    return this.#cookies === 0 || this.#association.flights.hasTimedOut;
  }

  #sendHello(seq: number, cookie: Uint8Array): void {
    const profiles = this.#association.options.srtpProfiles.map((profile) => profileNumber[profile]);
    const message = { type: handshakeType.clientHello, seq, body: writeClientHello(this.#random, cookie, profiles) };
    this.#hellos = [...this.#hellos.slice(0, seq), message];
    this.#association.flights.send([{ message }]);
  }

  #negotiate({ body }: HandshakeMessage): Agreed | Refused {
    const hello = readServerHello(body);
    if (hello === undefined) return refusals.malformed;
    if (hello.version !== dtls12) return refusals.noVersion;
    if (!Object.values(cipherSuite).some((suite) => suite === hello.suite)) return refusals.noSuite;
    if (!wereAsked(hello.extensions)) return refusals.notAsked;
    const profile = sharedProfile(this.#association.options.srtpProfiles, hello.extensions.srtpProfiles);
    if (profile === undefined || hello.extensions.srtpProfiles.length !== 1) return refusals.noProfile;
    return { hello, profile, randoms: { client: this.#random, server: hello.random.slice() } };
  }

  /** The server's certificate key must have signed the key share and both randoms, RFC 5246 section 7.4.3. */
  #verifyKeyExchange(body: Uint8Array): Refused | undefined {
    const { randoms } = this.#agreed!;
    const exchange = readServerKeyExchange(body);
    if (exchange === undefined) return refusals.malformed;
    const data = joined(randoms.client, randoms.server, exchange.params);
    if (!isSignedBy(this.#peerKey!, exchange.scheme, data, exchange.signature)) return refusals.noPossession;
    this.#share = makeKeyShare(exchange.group);
    const shared = this.#share?.agree(exchange.publicKey);
    if (shared === undefined) return refusals.badKeyShare;
    this.#peerShare = shared;
    return undefined;
  }

  #proofFlight(): readonly FlightPart[] {
    const { certificate, privateKey } = this.#association.options.identity;
    const shown = this.#isAsked ? [this.#say(handshakeType.certificate, writeCertificate(certificate))] : [];
    const exchange = this.#say(handshakeType.clientKeyExchange, writeClientKeyExchange(this.#share!.publicKey));
    this.#master = this.#makeMaster();
    const sign = (): Uint8Array => writeSigned(signData(privateKey, this.#transcript.octets));
    const proof = this.#isAsked ? [this.#say(handshakeType.certificateVerify, sign())] : [];
    const verify = verifyData(this.#master, "client", this.#transcript.octets);
    const finished = { ...this.#say(handshakeType.finished, verify), isProtected: true } as const;
    return [...shown, exchange, ...proof, "changeCipherSpec", finished];
  }

  #makeMaster(): Uint8Array {
    const { hello, randoms } = this.#agreed!;
    return hello.extensions.extendedMasterSecret
      ? extendedMasterSecret(this.#peerShare, this.#transcript.octets)
      : masterSecret(this.#peerShare, randoms);
  }

  #say(type: number, body: Uint8Array): { readonly message: HandshakeMessage } {
    const message = { type, seq: this.#seq, body };
    this.#seq += 1;
    this.#transcript.add(message);
    return { message };
  }
}
