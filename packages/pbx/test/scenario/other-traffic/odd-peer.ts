import type { DatagramSocket, SipMessage, SipRequest, SipResponse } from "@trunkline/sip-stack";
import { bodyText } from "@trunkline/sip-stack";
import { parseSdp } from "@trunkline/sip-stack/sdp";
import { RawPeer, serverAt } from "../raw-peer.ts";
import { nameOf } from "../rtp-packet.ts";
import type { World } from "../world.ts";
import { describe, type Place } from "./descriptions.ts";
import type { Dice } from "./dice.ts";
import { authorizationFor } from "./digest.ts";
import { type Habit, habits } from "./habits.ts";
import type { Role } from "./roles.ts";
import { answers, besideRefusals, refusals, type Step } from "./scripts.ts";
import { OddStream } from "./streams.ts";
import { type Draft, write } from "./writing.ts";

const packetMs = 20;

/** A dialog as the peer has it: what its requests carry. */
type OddDialog = {
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly target: string;
};

/** What differs between requests within a dialog. */
type Asked = {
  readonly body?: string;
  readonly more?: Draft["fields"];
  readonly dialog?: OddDialog;
  /** The Via of the INVITE, for ACK and CANCEL: RFC 3261 sections 9.1 and 17.1.1.3. */
  readonly via?: string | undefined;
  readonly cseq?: number;
};

/** What it does when it is called. */
export type OddManner = "answers" | "refuses" | "rings" | "answers late";

const rtpPort = 4000;
/** From where it sends, relative to `rtpPort`: as described, from another port, after it has moved. */
const [described, elsewhere, moved] = [0, 50, 20];

/** A trunk or a phone that writes everything in forms of its own, all of them legal or usual. */
export class OddPeer {
  /** The payloads that it sent, each by a name of its own. */
  readonly spoken: string[] = [];
  readonly heard: string[] = [];
  readonly requests: SipRequest[] = [];
  /** The final and provisional statuses that it got, but for challenges. */
  readonly statuses: number[] = [];
  readonly habits: readonly Habit[];
  readonly role: Role;
  manner: OddManner = "answers";
  /** Whether its audio comes from elsewhere than its description names. */
  readonly isElsewhere: boolean;
  readonly #isAsymmetric: boolean;
  readonly #dice: Dice;
  readonly #world: World;
  readonly #peer: RawPeer;
  readonly #stream: OddStream;
  readonly #sockets = new Map<number, DatagramSocket>();
  readonly #calledTag: string;
  readonly #known = new Set<string>();
  #description: string;
  #offset = described;
  #dialog: OddDialog | undefined;
  #isCallOver = false;
  #invite: SipRequest | undefined;
  #sent: Draft | undefined;
  #remote: Place | undefined;
  #cseq = 1;
  #branches = 0;
  #version = 1;

  private constructor(world: World, peer: RawPeer, dice: Dice, { role, isCalled }: OddPart) {
    this.role = role;
    this.#world = world;
    this.#peer = peer;
    this.#dice = dice;
    this.habits = dice.some(habits, 0.12);
    this.#isAsymmetric = dice.chance(0.1);
    this.isElsewhere = this.#isAsymmetric || role.shown !== role.at.address;
    this.#calledTag = dice.text("abc-.!%*_+`'~", 12);
    this.#description = describe({ address: role.shown, port: rtpPort }, dice, isCalled);
    this.#stream = new OddStream(dice, payloadTypeOf(this.#description));
    peer.onRequest = (request) => this.#isNew(request, request.method) && this.#onRequest(request);
    peer.onResponse = (response) => this.#isNew(response, String(response.status)) && this.#onResponse(response);
  }

  /** Opens its sockets; a phone then has to `register`. */
  static async open(world: World, dice: Dice, part: OddPart): Promise<OddPeer> {
    const { at } = part.role;
    const peer = new OddPeer(world, await RawPeer.open(world, at), dice, part);
    const sink = {
      onDatagram: (bytes: Uint8Array) => void peer.heard.push(nameOf(bytes.subarray(12))),
      onError: () => {},
    };
    for (const offset of [described, elsewhere, moved, moved + elsewhere])
      peer.#sockets.set(offset, await world.network.bind({ address: at.address, port: rtpPort + offset }, sink));
    return peer;
  }

  /** What it does that others do not, for whoever reads a failure. */
  get summary(): string {
    const { name, shown } = this.role;
    const habitNames = this.habits.map((habit) => habit.name);
    const own = this.#isAsymmetric ? ["asymmetric RTP"] : [];
    return [`${name} at ${shown}`, ...habitNames, ...own, "", this.#description].join("\n");
  }

  /** How many requests of a method it got in its call. */
  got(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  register(): void {
    const address = `sip:${this.role.credentials?.username}@${serverAt.address}`;
    const fields = [
      ...this.#usual("REGISTER", `<${this.role.from}>;tag=r`, `<${address}>`, "odd-registration"),
      this.#contact,
      ["Expires", "600"],
    ] as const;
    this.#send({ start: `REGISTER sip:${serverAt.address} SIP/2.0`, fields, type: "", body: "" });
  }

  /** Calls somebody of ours. @param changes of the INVITE, as for a call that is refused */
  invite(
    changes: Partial<Pick<Draft, "body" | "type">> & { readonly uri?: string; readonly more?: Draft["fields"] } = {},
  ): void {
    const { role } = this;
    const { uri = this.#dice.pick(role.urisOfAnn), more = [] } = changes;
    const { body = this.#description, type = "application/sdp" } = changes;
    const from = `<${role.from}>;tag=${this.#dice.text("abc-.!%*_+`'~", 12)}`;
    const callId = this.#dice.text("abcXYZ019-.!%*_+`'~()<>:/[]?{}", 30);
    const fields = [...this.#usual("INVITE", from, `<${uri}>`, callId), this.#contact, ...more] as const;
    const draft = this.#withHabits({ start: `INVITE ${uri} SIP/2.0`, fields, type, body }, "request");
    this.#dialog = { from: fieldOf(draft, "From"), to: fieldOf(draft, "To"), callId, target: uri };
    this.#send(draft);
  }

  /** Withdraws its INVITE. */
  cancel(): void {
    this.#request("CANCEL", { via: fieldOf(this.#sent!, "Via"), cseq: this.#cseq });
  }

  /** Sends so many packets of audio, one every 20 ms. Resolves after the last. */
  talk(count: number): Promise<void> {
    return new Promise((resolve) => {
      for (let at = 0; at < count; at++) this.#world.clock.after(at * packetMs, () => this.#say());
      this.#world.clock.after(count * packetMs, resolve);
    });
  }

  /** Asks something within the call, as carriers do while it lasts. */
  askWithin(): void {
    const method = this.#dice.pick(["INVITE", "UPDATE", "OPTIONS", "INFO"]);
    const isRefresh = method === "INVITE" || (method === "UPDATE" && this.#dice.chance(0.5));
    this.#request(method, { body: isRefresh ? this.#description : "" });
  }

  /** Asks for an offer within the call, RFC 3261 section 14.1. */
  askForOffer(): void {
    this.#request("INVITE");
  }

  /** Holds the other side in one of the ways in use, RFC 3264 section 8.4 and the one of RFC 2543. */
  hold(): void {
    this.#reoffer(
      this.#dice.pick([
        withDirection(this.#description, "sendonly"),
        withDirection(this.#description, "inactive"),
        this.#description.replaceAll(/^c=IN IP4 .*$/gm, "c=IN IP4 0.0.0.0"),
      ]),
    );
  }

  resume(): void {
    this.#reoffer(withDirection(this.#description, this.#dice.pick(["sendrecv", undefined])));
  }

  /** Its audio is at another port from now on. */
  move(): void {
    this.#offset = moved;
    this.#description = this.#description.replace(/^m=audio \d+/m, `m=audio ${rtpPort + moved}`);
    this.#reoffer(this.#description);
  }

  /** Its audio comes from another source from now on: RFC 3550 section 8. */
  changeSource(): void {
    this.#stream.restart();
  }

  hangUp(): void {
    const more = this.#dice.some(
      [["Reason", 'Q.850;cause=16;text="Normal, really"'] as const, ["P-RTP-Stat", "PS=1"] as const],
      0.3,
    );
    this.#request("BYE", { more });
  }

  close(): void {
    this.#peer.close();
    for (const socket of this.#sockets.values()) socket.close();
  }

  get #contact() {
    const { shown, at, credentials } = this.role;
    return ["Contact", `<sip:${credentials?.username ?? "gateway"}@${shown}:${at.port}>`] as const;
  }

  /** Only a moved place is kept: what is described on hold is for once. */
  #reoffer(description: string): void {
    this.#version += 1;
    const body = description.replace(/(?<=^o=\S+ \S+ )\d+/m, String(this.#version));
    this.#request(this.#dice.pick(["INVITE", "INVITE", "UPDATE"]), { body });
  }

  #via(): string {
    const { shown, at } = this.role;
    this.#branches += 1;
    return `SIP/2.0/UDP ${shown}:${at.port};rport;branch=z9hG4bK${this.#branches}${this.#dice.text("aB0-.!%*_+`'~", 8)}`;
  }

  #usual(method: string, from: string, to: string, callId: string): Draft["fields"] {
    return [
      ["Via", this.#via()],
      ["From", from],
      ["To", to],
      ["Call-ID", callId],
      ["CSeq", `${this.#cseq} ${method}`],
      ["Max-Forwards", this.#dice.pick(["70", "30", "069", "255"])],
    ];
  }

  #request(method: string, { body = "", more = [], dialog = this.#dialog, via, cseq }: Asked = {}): void {
    if (dialog === undefined) throw new Error("the peer has no call");
    if (method !== "ACK" && method !== "CANCEL") this.#cseq += 1;
    const { from, to, callId, target } = dialog;
    const usual = this.#usual(method, from, to, callId).map((field) => {
      if (field[0] === "CSeq") return ["CSeq", `${cseq ?? this.#cseq} ${method}`] as const;
      return field[0] === "Via" && via !== undefined ? (["Via", via] as const) : field;
    });
    const fields = [...usual, this.#contact, ...more];
    this.#send({ start: `${method} ${target} SIP/2.0`, fields, type: "application/sdp", body });
  }

  /** Its transactions do not hear what comes twice: RFC 3261 section 17. */
  #isNew(message: SipMessage, what: string): boolean {
    const key = [what, message.headers.get("RSeq"), message.headers.get("CSeq"), viaOf(message)].join(" ");
    const isNew = !this.#known.has(key);
    this.#known.add(key);
    return isNew;
  }

  #onResponse(response: SipResponse): void {
    const [cseq, method] = (response.headers.get("CSeq") ?? "").split(/\s+/);
    if (response.status === 401 && this.role.credentials !== undefined) return this.#prove(response);
    this.statuses.push(response.status);
    if (response.headers.get("RSeq") !== undefined) this.#prack(response);
    if (method !== "INVITE" || response.status < 200 || this.#dialog === undefined) return;
    if (response.status < 300) this.#confirm(response, Number(cseq));
    else this.#ackRefusal(response, Number(cseq));
  }

  #confirm(response: SipResponse, cseq: number): void {
    const to = response.headers.get("To") ?? "";
    this.#take(response, { ...this.#dialog!, to, target: targetOf(response) });
    const isOffer = this.#sent?.start.startsWith("INVITE") === true && this.#sent.body === "";
    this.#request("ACK", { cseq, body: isOffer ? this.#description : "" });
  }

  #ackRefusal(response: SipResponse, cseq: number): void {
    const to = response.headers.get("To") ?? "";
    const [, target = ""] = this.#sent?.start.split(" ") ?? [];
    this.#request("ACK", { cseq, dialog: { ...this.#dialog!, to, target }, via: viaOf(response) });
  }

  #prack(response: SipResponse): void {
    const to = response.headers.get("To") ?? "";
    const rack = `${response.headers.get("RSeq")} ${response.headers.get("CSeq")}`;
    const sent = this.#sent;
    const dialog = { ...this.#dialog!, to, target: targetOf(response) };
    this.#request("PRACK", { dialog, more: [["RAck", rack]] });
    this.#sent = sent;
  }

  /** Sends what was challenged again, with the answer: RFC 3261 section 22.2. */
  #prove(challenge: SipResponse): void {
    const draft = this.#sent;
    if (draft === undefined) return;
    const [method = "", uri = ""] = draft.start.split(" ");
    if (method === "INVITE") this.#ackRefusal(challenge, this.#cseq);
    this.#cseq += 1;
    const proof = authorizationFor(challenge, { method, uri }, this.role.credentials!, this.#dice);
    let isFirst = true;
    const fields = draft.fields.map(([name, value]) => {
      if (name === "CSeq") return [name, `${this.#cseq} ${method}`] as const;
      if (name !== "Via" || !isFirst) return [name, value] as const;
      isFirst = false;
      return [name, this.#via()] as const;
    });
    this.#send({ ...draft, fields: [...fields, ["Authorization", proof]] });
  }

  #take(message: SipMessage, dialog: OddDialog): void {
    this.#dialog = dialog;
    const read = parseSdp(bodyText(message) ?? "");
    if (read.ok && read.value.audio !== undefined)
      this.#remote = { address: read.value.audio.address, port: read.value.audio.port };
  }

  #onRequest(request: SipRequest): void {
    this.requests.push(request);
    if (request.method === "ACK") return this.#onAck(request);
    if (request.method === "CANCEL") return this.#onCancel(request);
    if (request.method === "INVITE" && this.#invite === undefined && this.#dialog === undefined) {
      this.#invite = request;
      return this.#onInvite(request);
    }
    if (request.method === "INVITE" && !request.headers.get("To")?.includes("tag=")) return this.#onAgain(request);
    if (request.method === "INVITE") this.#takeAudio(request);
    const wantsAudio = request.body.length > 0 || request.method === "INVITE";
    this.#respond(request, "200 OK", wantsAudio ? this.#description : "");
  }

  /** The call that it has refused is tried again, after 422 with a longer session. */
  #onAgain(invite: SipRequest): void {
    if (this.manner === "refuses") this.#refuse(invite);
  }

  #takeAudio(request: SipRequest): void {
    if (this.#dialog !== undefined) this.#take(request, this.#dialog);
  }

  #onAck(ack: SipRequest): void {
    if (ack.body.length > 0) this.#takeAudio(ack);
  }

  #onCancel(cancel: SipRequest): void {
    this.#respond(cancel, "200 OK", "", this.#calledTag);
    if (this.#invite === undefined || this.#isCallOver) return;
    this.#isCallOver = true;
    const invite = this.#invite;
    const answersAllTheSame = this.manner === "answers late";
    const [status, body] = answersAllTheSame ? ["200 OK", this.#description] : ["487 Request Terminated", ""];
    this.#respond(invite, status!, body!, this.#calledTag);
  }

  #onInvite(invite: SipRequest): void {
    const { headers } = invite;
    const mine = {
      from: `${headers.get("To")};tag=${this.#calledTag}`,
      to: headers.get("From") ?? "",
      callId: headers.get("Call-ID") ?? "",
    };
    this.#take(invite, { ...mine, target: targetOf(invite) });
    if (this.manner === "refuses") return this.#refuse(invite);
    if (this.manner === "answers") return this.#answer(invite, this.#dice.pick(answers));
    this.#answer(
      invite,
      this.#dice
        .pick(answers)
        .slice(0, 1)
        .filter(({ status }) => status.startsWith("1")),
    );
  }

  #refuse(invite: SipRequest): void {
    const [type, body] = this.#dice.pick([
      ["", ""],
      ["", ""],
      ["text/plain", "no"],
      ["application/sdp", this.#description],
      ["message/sipfrag", "SIP/2.0 486 Busy"],
    ]);
    if (this.#dice.chance(0.5)) this.#respond(invite, "180 Ringing", "", this.#calledTag);
    const more = this.#dice.some(besideRefusals, 0.15);
    this.#world.clock.after(100, () =>
      this.#respond(invite, this.#dice.pick(refusals), body!, this.#calledTag, { more, type: type! }),
    );
  }

  #answer(invite: SipRequest, steps: readonly Step[]): void {
    steps.forEach(({ status, isDescribed, fork }, at) => {
      const [tag, port] = fork === "own" ? [this.#calledTag, rtpPort] : ["other", rtpPort + elsewhere];
      const description = this.#description.replace(/^m=audio \d+/m, `m=audio ${port}`);
      this.#world.clock.after(100 * at, () => this.#respond(invite, status, isDescribed ? description : "", tag));
    });
  }

  #respond(
    request: SipRequest,
    status: string,
    body: string,
    tag = "",
    { more = [], type = "application/sdp" }: { readonly more?: Draft["fields"]; readonly type?: string } = {},
  ): void {
    const { headers } = request;
    const has = headers.get("To")?.includes("tag=") === true;
    const to = `${headers.get("To")}${tag === "" || has || status.startsWith("100") ? "" : `;tag=${tag}`}`;
    const copied = (["Via", "Record-Route"] as const).flatMap((name) =>
      headers.all(name).map((value) => [name, value] as const),
    );
    const same = (["From", "Call-ID", "CSeq"] as const).map((name) => [name, headers.get(name) ?? ""] as const);
    const fields = [...copied, ...same, ["To", to] as const, this.#contact, ...more];
    this.#write(this.#withHabits({ start: `SIP/2.0 ${status}`, fields, type, body }, "response"));
  }

  #withHabits(draft: Draft, on: "request" | "response"): Draft {
    return this.habits
      .filter((habit) => habit.on === "any" || habit.on === on)
      .reduce((changed, habit) => habit.apply(changed, this.#dice), draft);
  }

  #send(draft: Draft): void {
    if (!draft.start.startsWith("ACK")) this.#sent = draft;
    this.#write(draft);
  }

  #write(draft: Draft): void {
    this.#peer.send(write(draft, this.#dice));
  }

  #say(): void {
    if (this.#remote === undefined) return;
    const payload = this.#dice.bytes(this.#stream.size);
    this.spoken.push(nameOf(payload));
    const socket = this.#sockets.get(this.#offset + (this.#isAsymmetric ? elsewhere : 0));
    for (const datagram of [...this.#stream.beside(), this.#stream.next(payload)]) socket?.send(datagram, this.#remote);
  }
}

/** Who an odd peer is, and whether it calls or is called. */
export type OddPart = { readonly role: Role; readonly isCalled: boolean };

function withDirection(description: string, direction: string | undefined): string {
  const bare = description.replaceAll(/^a=(sendrecv|sendonly|recvonly|inactive)\r\n/gm, "");
  return direction === undefined ? bare : bare.replace(/^(m=audio .*\r\n(?:[icb]=.*\r\n)*)/m, `$1a=${direction}\r\n`);
}

const fieldOf = (draft: Draft, name: string): string => draft.fields.find(([each]) => each === name)?.[1] ?? "";

/** The target of requests within the dialog: the other side's Contact, RFC 3261 section 12.1. */
const targetOf = (message: SipMessage): string =>
  /<([^>]*)>/.exec(message.headers.get("Contact") ?? "")?.[1] ?? `sip:${serverAt.address}`;

const viaOf = (message: SipMessage): string => message.headers.all("Via")[0] ?? "";

const payloadTypeOf = (description: string): number =>
  Number(/^a=rtpmap:(\d+) pcmu\/8000/im.exec(description)?.[1] ?? 0);
