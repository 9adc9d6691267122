import type { DatagramSocket, SipMessage, SipRequest, SipResponse } from "@trunkline/sip-stack";
import { bodyText } from "@trunkline/sip-stack";
import { parseSdp } from "@trunkline/sip-stack/sdp";
import { nameOf } from "../rtp-packet.ts";
import type { World } from "../world.ts";
import { annsNumber } from "../world.ts";
import { describe, type Place } from "./descriptions.ts";
import type { Dice } from "./dice.ts";
import { type Habit, habits } from "./habits.ts";
import { RawPeer, serverAt, trunkAt } from "./raw-peer.ts";
import { OddStream } from "./streams.ts";
import { type Draft, write } from "./writing.ts";

const rtpPort = 4000;
const packetMs = 20;
const packetBytes = 160;

/** How the trunk answers a call of ours, step by step: a status, and whether it describes its audio. */
const answers: readonly (readonly (readonly [status: string, isDescribed: boolean])[])[] = [
  [["200 OK", true]],
  [
    ["100 Trying", false],
    ["180 Ringing", false],
    ["200 OK", true],
  ],
  [
    ["100 Trying", false],
    ["183 Session Progress", true],
    ["200 OK", true],
  ],
  [
    ["183 Session Progress", true],
    ["200 OK", false],
  ],
  [
    ["183 Session Progress", true],
    ["180 Ringing", false],
    ["183 Session Progress", true],
    ["200 OK", true],
  ],
  [
    ["180 Ringing", true],
    ["200 OK", true],
  ],
  [
    ["183 Session Progress", false],
    ["181 Call Is Being Forwarded", false],
    ["182 Queued", false],
    ["200 OK", true],
  ],
  [
    ["199 Early Dialog Terminated", false],
    ["180 ", false],
    ["200 ", true],
  ],
  [
    ["180 Ça sonne", false],
    ["202 Accepted", true],
  ],
];

/** A dialog as its trunk has it: what its requests carry. */
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
  /** The Via of the INVITE, for the ACK of a refusal: RFC 3261 section 17.1.1.3. */
  readonly via?: string | undefined;
};

/** A trunk that writes everything in forms of its own, all of them legal or usual. */
export class OddTrunk {
  /** The payloads that it sent, each by a name of its own. */
  readonly spoken: string[] = [];
  readonly heard: string[] = [];
  readonly byes: SipRequest[] = [];
  readonly acks: SipRequest[] = [];
  readonly statuses: number[] = [];
  readonly habits: readonly Habit[];
  /** Whether its audio comes from another port than the one its description names. */
  readonly isAsymmetric: boolean;
  readonly #dice: Dice;
  readonly #world: World;
  readonly #peer: RawPeer;
  readonly #place: Place = { address: trunkAt.address, port: rtpPort };
  readonly #description: string;
  readonly #stream: OddStream;
  readonly #sockets: DatagramSocket[] = [];
  #dialog: OddDialog | undefined;
  #remote: Place | undefined;
  #cseq = 1;
  #branches = 0;

  private constructor(world: World, peer: RawPeer, dice: Dice, isCalled: boolean) {
    this.#world = world;
    this.#peer = peer;
    this.#dice = dice;
    this.habits = dice.some(habits, 0.12);
    this.isAsymmetric = dice.chance(0.1);
    this.#description = describe(this.#place, dice, isCalled);
    this.#stream = new OddStream(dice, payloadTypeOf(this.#description));
    peer.onRequest = (request) => this.#onRequest(request);
    peer.onResponse = (response) => this.#onResponse(response);
  }

  /** @param isCalled whether it is to be called, or calls */
  static async open(world: World, dice: Dice, isCalled: boolean): Promise<OddTrunk> {
    const trunk = new OddTrunk(world, await RawPeer.open(world), dice, isCalled);
    const sink = {
      onDatagram: (bytes: Uint8Array) => void trunk.heard.push(nameOf(bytes.subarray(12))),
      onError: () => {},
    };
    for (const port of [rtpPort, rtpPort + 50])
      trunk.#sockets.push(await world.network.bind({ address: trunkAt.address, port }, sink));
    return trunk;
  }

  /** What it does that others do not, for whoever reads a failure. */
  get summary(): string {
    return [
      ...this.habits.map(({ name }) => name),
      ...(this.isAsymmetric ? ["asymmetric RTP"] : []),
      "",
      this.#description,
    ].join("\n");
  }

  /** Calls a number of ours. @param changes of the INVITE, as for a call that is refused */
  invite(
    changes: Partial<Pick<Draft, "body" | "type">> & { readonly uri?: string; readonly more?: Draft["fields"] } = {},
  ): void {
    const { uri = this.#dice.pick(urisOfAnn), more = [], body = this.#description, type = "application/sdp" } = changes;
    const from = `<sip:+4930123456@${trunkAt.address}>;tag=${this.#dice.text("abc-.!%*_+`'~", 12)}`;
    const callId = this.#dice.text("abcXYZ019-.!%*_+`'~()<>:/[]?{}", 30);
    const fields = [
      ...this.#usual("INVITE", from, `<sip:${annsNumber}@${serverAt.address}>`, callId),
      this.#contact,
      ...more,
    ] as const;
    const draft = this.#withHabits({ start: `INVITE ${uri} SIP/2.0`, fields, type, body }, "request");
    const value = (name: string): string => draft.fields.find(([each]) => each === name)?.[1] ?? "";
    this.#dialog = { from: value("From"), to: value("To"), callId, target: uri };
    this.#send(draft);
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

  hangUp(): void {
    const more = this.#dice.some(
      [["Reason", 'Q.850;cause=16;text="Normal, really"'] as const, ["P-RTP-Stat", "PS=1"] as const],
      0.3,
    );
    this.#request("BYE", { more });
  }

  close(): void {
    this.#peer.close();
    for (const socket of this.#sockets) socket.close();
  }

  get #contact() {
    return ["Contact", `<sip:gateway@${trunkAt.address}:${trunkAt.port}>`] as const;
  }

  #usual(method: string, from: string, to: string, callId: string): Draft["fields"] {
    this.#branches += 1;
    return [
      [
        "Via",
        `SIP/2.0/UDP ${trunkAt.address}:${trunkAt.port};rport;branch=z9hG4bK${this.#branches}${this.#dice.text("aB0-.!%*_+`'~", 8)}`,
      ],
      ["From", from],
      ["To", to],
      ["Call-ID", callId],
      ["CSeq", `${this.#cseq} ${method}`],
      ["Max-Forwards", this.#dice.pick(["70", "30", "069", "255"])],
    ];
  }

  #request(method: string, { body = "", more = [], dialog = this.#dialog, via }: Asked = {}): void {
    if (dialog === undefined) throw new Error("the trunk has no call");
    if (method !== "ACK") this.#cseq += 1;
    const { from, to, callId, target } = dialog;
    const usual = this.#usual(method, from, to, callId).map((field) =>
      field[0] === "Via" && via !== undefined ? (["Via", via] as const) : field,
    );
    const fields = [...usual, this.#contact, ...more];
    this.#send({ start: `${method} ${target} SIP/2.0`, fields, type: "application/sdp", body });
  }

  #onResponse(response: SipResponse): void {
    this.statuses.push(response.status);
    const [, method] = (response.headers.get("CSeq") ?? "").split(/\s+/);
    if (method !== "INVITE" || response.status < 200 || this.#dialog === undefined) return;
    const to = response.headers.get("To") ?? "";
    if (response.status < 300) this.#take(response, { ...this.#dialog, to, target: targetOf(response) });
    this.#request("ACK", { dialog: { ...this.#dialog, to }, via: response.status < 300 ? undefined : viaOf(response) });
  }

  #take(message: SipMessage, dialog: OddDialog): void {
    this.#dialog = dialog;
    const read = parseSdp(bodyText(message) ?? "");
    if (read.ok && read.value.audio !== undefined)
      this.#remote = { address: read.value.audio.address, port: read.value.audio.port };
  }

  #onRequest(request: SipRequest): void {
    if (request.method === "ACK") return void this.acks.push(request);
    if (request.method === "BYE") this.byes.push(request);
    if (request.method === "INVITE" && this.#dialog === undefined) return this.#answer(request);
    const description = request.body.length > 0 ? this.#description : "";
    this.#respond(request, "200 OK", description);
  }

  #answer(invite: SipRequest): void {
    const tag = this.#dice.text("abc-.!%*_+`'~", 12);
    const { headers } = invite;
    const mine = {
      from: `${headers.get("To")};tag=${tag}`,
      to: headers.get("From") ?? "",
      callId: headers.get("Call-ID") ?? "",
    };
    this.#take(invite, { ...mine, target: targetOf(invite) });
    this.#dice.pick(answers).forEach(([status, isDescribed], at) => {
      this.#world.clock.after(100 * at, () => this.#respond(invite, status, isDescribed ? this.#description : "", tag));
    });
  }

  #respond(request: SipRequest, status: string, body: string, tag = ""): void {
    const { headers } = request;
    const to = `${headers.get("To")}${tag === "" || status.startsWith("100") ? "" : `;tag=${tag}`}`;
    const copied = (["Via", "Record-Route"] as const).flatMap((name) =>
      headers.all(name).map((value) => [name, value] as const),
    );
    const same = (["From", "Call-ID", "CSeq"] as const).map((name) => [name, headers.get(name) ?? ""] as const);
    const draft = {
      start: `SIP/2.0 ${status}`,
      fields: [...copied, ...same, ["To", to] as const, this.#contact],
      type: "application/sdp",
      body,
    };
    this.#send(this.#withHabits(draft, "response"));
  }

  #withHabits(draft: Draft, on: "request" | "response"): Draft {
    return this.habits
      .filter((habit) => habit.on === "any" || habit.on === on)
      .reduce((changed, habit) => habit.apply(changed, this.#dice), draft);
  }

  #send(draft: Draft): void {
    this.#peer.send(write(draft, this.#dice));
  }

  #say(): void {
    if (this.#remote === undefined) return;
    const payload = this.#dice.bytes(packetBytes);
    this.spoken.push(nameOf(payload));
    this.#sockets[this.isAsymmetric ? 1 : 0]?.send(this.#stream.next(payload), this.#remote);
  }
}

const urisOfAnn: readonly string[] = [
  `sip:${annsNumber}@${serverAt.address}`,
  `sip:${annsNumber}@${serverAt.address}:5060;transport=udp;user=phone`,
  `SIP:${annsNumber}@${serverAt.address};User=Phone;x-odd=no`,
  `sip:${annsNumber};npdi;rn=+12025550000@trunk.carrier.example;user=phone`,
  `sip:%2B${annsNumber.slice(1)}@${serverAt.address}`,
  `tel:${annsNumber}`,
  `tel:+1-202-555-0102;npdi`,
];

/** The target of requests within the dialog: the other side's Contact, RFC 3261 section 12.1. */
const targetOf = (message: SipMessage): string =>
  /<([^>]*)>/.exec(message.headers.get("Contact") ?? "")?.[1] ?? `sip:${serverAt.address}`;

const viaOf = (message: SipMessage): string => message.headers.all("Via")[0] ?? "";

const payloadTypeOf = (description: string): number =>
  Number(/^a=rtpmap:(\d+) pcmu\/8000/im.exec(description)?.[1] ?? 0);
