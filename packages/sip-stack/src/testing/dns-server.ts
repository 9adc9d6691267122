import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { NaptrRecord, SrvRecord } from "../transport/resolver.ts";

/** What the server knows of one name; `ttl` in seconds. */
export type DnsZone = {
  readonly a?: readonly string[];
  readonly srv?: readonly SrvRecord[];
  readonly naptr?: readonly NaptrRecord[];
  readonly ttl?: number;
};

/** A DNS server for tests. `asked` has every question as `TYPE name`. */
export type DnsServer = { readonly address: string; readonly asked: string[]; close(): void };

const types: Readonly<Record<number, "A" | "AAAA" | "SRV" | "NAPTR">> = { 1: "A", 28: "AAAA", 33: "SRV", 35: "NAPTR" };
const headerBytes = 12;
const authoritative = 0x8480;
const nameError = 3;

type Question = { readonly name: string; readonly type: number; readonly end: number };

/** Reads the one question, RFC 1035 section 4.1.2; `undefined` where it is cut short. */
function readQuestion(query: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at]; length !== undefined && length > 0 && at < query.length; length = query[at]) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > query.length) return undefined;
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function text(value: string): Buffer {
  return Buffer.concat([Uint8Array.of(value.length), Buffer.from(value)]);
}

function domain(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return Buffer.concat([...labels.map(text), Uint8Array.of(0)]);
}

function numbers(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

function recordsOf(zone: DnsZone, type: number): Buffer[] {
  const { a = [], srv = [], naptr = [] } = zone;
  if (types[type] === "A") return a.map((address) => Buffer.from(address.split(".").map(Number)));
  if (types[type] === "SRV") {
    return srv.map(({ priority, weight, port, target }) =>
      Buffer.concat([numbers(priority, weight, port), domain(target)]),
    );
  }
  if (types[type] !== "NAPTR") return [];
  return naptr.map(({ order, preference, flags, service, replacement }) =>
    Buffer.concat([numbers(order, preference), text(flags), text(service), text(""), domain(replacement)]),
  );
}

function respond(query: Buffer, question: Question, zone: DnsZone | undefined): Buffer {
  const records = recordsOf(zone ?? {}, question.type);
  const flags = authoritative + (zone === undefined ? nameError : 0);
  const answers = records.map((data) =>
    Buffer.concat([numbers(0xc00c, question.type, 1, 0, zone?.ttl ?? 60, data.length), data]),
  );
  const header = numbers(query.readUInt16BE(0), flags, 1, answers.length, 0, 0);
  return Buffer.concat([header, query.subarray(headerBytes, question.end), ...answers]);
}

/** Answers questions over UDP at any port of an address from what `zones` says of each name (in lower case). */
export async function dnsServer(host: string, zones: Readonly<Record<string, DnsZone>>): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (query, from) => {
    const question = readQuestion(query);
    if (question === undefined) return;
    asked.push(`${types[question.type] ?? question.type} ${question.name}`);
    socket.send(respond(query, question, zones[question.name]), from.port, from.address);
  });
  socket.bind(0, host);
  await once(socket, "listening");
  return { address: `${host}:${socket.address().port}`, asked, close: () => socket.close() };
}
