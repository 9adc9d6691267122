import type { Address, DatagramNetwork, DatagramSink, DatagramSocket } from "../src/index.ts";
import { relayInProcess } from "../src/index.ts";
import { systemClock } from "../src/kernel/clock.ts";
import { Moment } from "../src/kernel/moment.ts";
import { Tally } from "../src/kernel/refusals.ts";
import { DigitWatch } from "../src/stage/dtmf.ts";
import { KeyRelease } from "../src/stage/key-release.ts";
import { Meter } from "../src/stage/meter.ts";
import { Receiver } from "../src/stage/observe.ts";
import { fromAgreed, toAgreed } from "../src/stage/payload-types.ts";
import { Remap } from "../src/stage/remap.ts";
import { sourceLock } from "../src/stage/source-lock.ts";
import { pipeline, type Sink, type Stage } from "../src/stage/stage.ts";
import { wellFormed } from "../src/stage/well-formed.ts";
import { makeRtp, rtp } from "../src/testing/index.ts";
import { costs } from "./costs.ts";

/** What a packet costs between two sockets, stage by stage: 100 calls taken in turn, both ways, as a relay meets them. */
const calls = 100;
const types = { pcmu: 0, telephoneEvent: 101 };

/** Says frame after frame of 20 ms in one buffer that is written anew each time, because the relay edits it in place. */
class Speaker {
  readonly #packet: Uint8Array;
  readonly #ssrc: number;
  #seq = 0;
  #timestamp = 0;
  constructor(ssrc: number) {
    this.#ssrc = ssrc;
    this.#packet = makeRtp({ payloadType: 0, seq: 0, timestamp: 0, ssrc }, new Uint8Array(160));
  }
  next(): Uint8Array {
    const packet = this.#packet;
    packet[1] = 0;
    rtp.setSeq(packet, this.#seq);
    rtp.setTimestamp(packet, this.#timestamp);
    rtp.setSsrc(packet, this.#ssrc);
    this.#seq = (this.#seq + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + 160) >>> 0;
    return packet;
  }
}

let arrived = 0;
const end: Sink = () => {
  arrived += 1;
};

/** The stages of one direction in their order, by what they do. */
function stagesOf(moment: Moment): readonly (readonly [string, Stage])[] {
  const tally = new Tally();
  const remap = new Remap(moment, tally, { ssrc: 1, seq: 1, timestamp: 1 });
  const mark: Stage = (next) => (packet) => {
    moment.mark();
    next(packet);
  };
  return [
    ["moment: the one reading of the clock", mark],
    ["well-formed", wellFormed(tally)],
    ["from agreed payload types", fromAgreed(types, types, tally)],
    ["source lock", sourceLock(moment, tally, () => {})],
    ["meter", new Meter(moment, tally).stage],
    ["receiver", new Receiver(moment, () => {}).stage],
    ["digits", new DigitWatch(moment, () => {}).stage],
    ["to agreed payload types", toAgreed(types, tally, remap.omit)],
    ["remap", remap.stage(types.pcmu)],
    ["key release", new KeyRelease(moment, remap).stage(types.telephoneEvent)],
  ];
}

/** Runs one packet of the next of many streams through the first `depth` stages. */
function chain(depth: number): () => void {
  const moment = new Moment(systemClock);
  const speakers = Array.from({ length: 2 * calls }, (_, index) => new Speaker(index + 1));
  const first = (): Stage[] => Array.from(stagesOf(moment).slice(0, depth), ([, stage]) => stage);
  const sinks = speakers.map(() => pipeline(first(), end));
  return inTurn(speakers, (speaker, index) => sinks[index]!(speaker.next()));
}

function inTurn(speakers: readonly Speaker[], run: (speaker: Speaker, index: number) => void): () => void {
  let at = 0;
  return () => {
    run(speakers[at]!, at);
    at = at + 1 === speakers.length ? 0 : at + 1;
  };
}

/** A network without wires: what is sent is counted, what is to be received is put in by the benchmark. */
class NoNetwork implements DatagramNetwork {
  readonly sinks = new Map<number, DatagramSink>();
  async bind(local: Address, sink: DatagramSink): Promise<DatagramSocket> {
    this.sinks.set(local.port, sink);
    return { local, send: end, close: () => {} };
  }
}

/** The whole way: from a plain leg's socket to its partner's, as the relay itself binds it. */
async function wholeWay(): Promise<() => void> {
  const network = new NoNetwork();
  const relay = relayInProcess({
    plain: { bind: "10.0.0.1", ports: [10_000, 19_999] },
    browser: { hosts: [], ports: [20_000, 20_001] },
    network,
  });
  const ways: { readonly sink: DatagramSink; readonly from: Address }[] = [];
  for (let call = 0; call < calls; call += 1) {
    const session = await relay.open({});
    const legs = [await session.plainLeg(), await session.plainLeg()];
    for (const { local, connect } of legs) {
      const address = `10.1.0.${ways.length}`;
      await connect({ address, rtpPort: 4000, rtcpPort: 4001, send: types, receive: types, direction: "sendrecv" });
      ways.push({ sink: network.sinks.get(local.rtpPort)!, from: { address, port: 4000 } });
    }
    await session.join(legs[0]!.id, legs[1]!.id);
  }
  const speakers = ways.map((_, index) => new Speaker(index + 1));
  return inTurn(speakers, (speaker, index) => ways[index]!.sink.onDatagram(speaker.next(), ways[index]!.from));
}

const names = stagesOf(new Moment(systemClock)).map(([name]) => name);
const nothing = "a packet made ready";
const whole = "the whole way from datagram to datagram, without sockets";
const tasks = new Map([[nothing, chain(0)]]);
for (const [index, name] of names.entries()) tasks.set(name, chain(index + 1));
tasks.set(whole, await wholeWay());
const figures = costs(tasks);

function print(what: string, upTo: string, from: string): void {
  const [more, less] = [figures.get(upTo)!, figures.get(from)!];
  const ns = (more.nanoseconds - less.nanoseconds).toFixed(0).padStart(5);
  const bytes = (more.bytes - less.bytes).toFixed(1).padStart(7);
  console.log(`${what.padEnd(58)} ${ns} ns ${bytes} B allocated a packet`);
}

for (const [index, name] of names.entries()) print(name, name, names[index - 1] ?? nothing);
print("all stages", names.at(-1)!, nothing);
print(whole, whole, nothing);
process.exit(arrived > 0 ? 0 : 1);
