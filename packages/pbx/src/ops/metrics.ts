import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type CallRecord, talkMs } from "../store/history.ts";
import type { Operations, StatusReport } from "./operations.ts";

/** What a metric is and means: the source of docs/metrics.md. No label is a number, a user or a Call-ID. */
export const metricMeanings = {
  trunkline_calls: { kind: "gauge", labels: [], help: "Current calls in any state." },
  trunkline_draining: { kind: "gauge", labels: [], help: "1 while no new calls are taken." },
  trunkline_registrations: { kind: "gauge", labels: [], help: "Phones that are online." },
  trunkline_trunk_up: { kind: "gauge", labels: ["address"], help: "1 while an address of the trunk answers OPTIONS." },
  trunkline_trunk_addresses_outside: {
    kind: "gauge",
    labels: [],
    help: "Addresses of the trunk's name that are outside `trunk.allow`: no calls go there.",
  },
  trunkline_trunk_round_trip_seconds: {
    kind: "gauge",
    labels: ["address"],
    help: "Response time of the last OPTIONS to each trunk address.",
  },
  trunkline_calls_ended_total: {
    kind: "counter",
    labels: ["direction", "code", "by"],
    help: "Ended calls, including refused ones, by how they ended (`history` has the same codes) and which side ended them.",
  },
  trunkline_call_answer_seconds: {
    kind: "histogram",
    labels: ["direction"],
    help: "From the INVITE until somebody answered.",
  },
  trunkline_call_talk_seconds: { kind: "histogram", labels: ["direction"], help: "From the answer until the end." },
  trunkline_refused_total: {
    kind: "counter",
    labels: ["why"],
    help: "Messages, requests and packets that were refused; `refusals` shows the latest of the former.",
  },
  trunkline_sip_messages_total: { kind: "counter", labels: ["direction"], help: "SIP messages received and sent." },
  trunkline_sip_datagrams_dropped_total: {
    kind: "counter",
    labels: [],
    help: "SIP datagrams that the kernel dropped because the receive buffer was full (Linux). Above 0: raise net.core.rmem_max.",
  },
  trunkline_sip_retransmissions_total: { kind: "counter", labels: [], help: "SIP messages retransmitted." },
  trunkline_sip_transactions: { kind: "gauge", labels: [], help: "Open SIP transactions." },
  trunkline_sip_dialogs: { kind: "gauge", labels: [], help: "Open SIP dialogs." },
  trunkline_media_sessions: { kind: "gauge", labels: [], help: "Calls whose audio is relayed." },
  trunkline_media_legs: { kind: "gauge", labels: [], help: "Ends of relayed sound." },
  trunkline_media_ports: { kind: "gauge", labels: [], help: "UDP ports in use for audio." },
  trunkline_media_packets_total: { kind: "counter", labels: [], help: "Audio packets relayed." },
  trunkline_storage_waiting: { kind: "gauge", labels: [], help: "Call records waiting to be written to disk." },
  trunkline_storage_dropped_total: {
    kind: "counter",
    labels: [],
    help: "Call records lost because the disk could not be written for too long.",
  },
  trunkline_trace_dropped_total: {
    kind: "counter",
    labels: [],
    help: "SIP messages that the trace no longer keeps because it reached a bound; refused ones are not counted.",
  },
} as const satisfies Record<
  string,
  { kind: "gauge" | "counter" | "histogram"; labels: readonly string[]; help: string }
>;

type Name = keyof typeof metricMeanings;

const answerBuckets = [0.5, 1, 2, 5, 10, 20, 30, 60, 120];
const talkBuckets = [1, 10, 30, 60, 180, 600, 1800, 3600, 7200];

/** The server's figures for Prometheus: events are counted as they happen, everything else is asked for at each scrape. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #ended = this.#counter("trunkline_calls_ended_total");
  readonly #answer = this.#histogram("trunkline_call_answer_seconds", answerBuckets);
  readonly #talk = this.#histogram("trunkline_call_talk_seconds", talkBuckets);
  readonly #gauges = new Map<Name, Gauge>();
  readonly #totals = new Map<Name, Counter>();

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: "trunkline_" });
  }

  /** Counts a call that is over. */
  onOver(record: CallRecord): void {
    const { direction, startedAtMs, answeredAtMs = startedAtMs, ending } = record;
    const talkedMs = talkMs(record);
    this.#ended.inc({ direction, code: ending.code, by: ending.by });
    if (talkedMs === undefined) return;
    this.#answer.observe({ direction }, seconds(answeredAtMs - startedAtMs));
    this.#talk.observe({ direction }, seconds(talkedMs));
  }

  /** All figures in Prometheus' text format. */
  async text({ status }: Pick<Operations, "status">): Promise<string> {
    this.#take(await status());
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #take({
    calls,
    draining,
    registrations,
    trunk,
    counters: { sip, media, refused, storage, trace },
  }: StatusReport): void {
    this.#set("trunkline_calls", calls);
    this.#set("trunkline_draining", Number(draining));
    this.#set("trunkline_registrations", registrations);
    for (const name of ["trunkline_trunk_up", "trunkline_trunk_round_trip_seconds"] as const) this.#gauge(name).reset();
    this.#set("trunkline_trunk_addresses_outside", trunk.outside.length);
    for (const { address, port, healthy, roundTripMs } of trunk.targets) {
      const label = { address: `${address}:${port}` };
      this.#set("trunkline_trunk_up", Number(healthy), label);
      if (roundTripMs !== undefined) this.#set("trunkline_trunk_round_trip_seconds", seconds(roundTripMs), label);
    }
    for (const [why, count] of Object.entries(refused)) this.#total("trunkline_refused_total", count, { why });
    this.#total("trunkline_sip_messages_total", sip.received, { direction: "received" });
    this.#total("trunkline_sip_messages_total", sip.sent, { direction: "sent" });
    this.#total("trunkline_sip_datagrams_dropped_total", sip.dropped);
    this.#total("trunkline_sip_retransmissions_total", sip.retransmitted);
    this.#set("trunkline_sip_transactions", sip.transactions);
    this.#set("trunkline_sip_dialogs", sip.dialogs);
    this.#set("trunkline_media_sessions", media.sessions);
    this.#set("trunkline_media_legs", media.legs);
    this.#set("trunkline_media_ports", media.ports);
    this.#total("trunkline_media_packets_total", media.packets);
    this.#set("trunkline_storage_waiting", storage.waiting);
    this.#total("trunkline_storage_dropped_total", storage.dropped);
    this.#total("trunkline_trace_dropped_total", trace.dropped);
  }

  #set(name: Name, value = 0, labels: Record<string, string> = {}): void {
    this.#gauge(name).set(labels, value);
  }

  #gauge(name: Name): Gauge {
    const known = this.#gauges.get(name) ?? new Gauge({ ...this.#described(name) });
    this.#gauges.set(name, known);
    return known;
  }

  /** What is counted elsewhere is taken as it stands: a counter that only ever grows. */
  #total(name: Name, count = 0, labels: Record<string, string> = {}): void {
    const known = this.#totals.get(name) ?? this.#counter(name);
    this.#totals.set(name, known);
    known.remove(labels);
    known.inc(labels, count);
  }

  #counter(name: Name): Counter {
    return new Counter({ ...this.#described(name) });
  }

  #histogram(name: Name, buckets: number[]): Histogram {
    return new Histogram({ ...this.#described(name), buckets });
  }

  #described(name: Name) {
    const { help, labels } = metricMeanings[name];
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

/** A clock that was set back gives no negative time. */
const seconds = (ms: number): number => Math.max(0, ms) / 1000;
