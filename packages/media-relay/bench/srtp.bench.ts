import { randomBytes } from "node:crypto";
import { RtpHeader, SrtcpSession, SrtpSession } from "werift";
import { makeCompound } from "../src/packet/rtcp.ts";
import { makeRtp, rtp } from "../src/packet/rtp.ts";
import { type SrtpKeys, type SrtpProfile, saltBytes } from "../src/srtp/keys.ts";
import { type MediaCipher, srtpCipher } from "../src/srtp/media-cipher.ts";

/** CPU time of protecting and opening 20 ms of PCMU, and a report, beside werift's SRTP in the same run. */
const packetsARound = 20_000;
const rounds = 9;
const weriftProfile: Partial<Record<SrtpProfile, 1 | 7>> = { AES_CM_128_HMAC_SHA1_80: 1, AEAD_AES_128_GCM: 7 };
const ssrc = 0x1234_5678;
const packets = Array.from({ length: packetsARound }, (_, seq) =>
  Buffer.from(makeRtp({ payloadType: 0, seq, timestamp: 160 * seq, ssrc }, randomBytes(160))),
);
const report = Buffer.from(makeCompound({ ssrc, cname: "bench@192.0.2.1", sender: senderOf(packetsARound) }));

function senderOf(count: number) {
  return { ntpSeconds: 1, ntpFraction: 2, timestamp: 3, packets: count, octets: 160 * count };
}

function keysOf(profile: SrtpProfile): SrtpKeys {
  const master = { key: randomBytes(16), salt: randomBytes(saltBytes[profile]) };
  return { profile, local: master, remote: master };
}

/** werift's SRTP in the shape of ours, as the relay uses it: one header object, written anew. */
function weriftCipher({ local, remote }: SrtpKeys, profile: 1 | 7): MediaCipher {
  const keys = {
    ...{ localMasterKey: Buffer.from(local.key), localMasterSalt: Buffer.from(local.salt) },
    ...{ remoteMasterKey: Buffer.from(remote.key), remoteMasterSalt: Buffer.from(remote.salt) },
  };
  const [srtp, srtcp] = [new SrtpSession({ keys, profile }), new SrtcpSession({ keys, profile })];
  const header = new RtpHeader({ version: 2, ssrc });
  return {
    protectRtp(packet) {
      header.sequenceNumber = rtp.seq(packet);
      header.timestamp = rtp.timestamp(packet);
      return srtp.encrypt(packet.subarray(12) as Buffer, header);
    },
    unprotectRtp: (packet) => srtp.decrypt(packet as Buffer),
    protectRtcp: (bytes) => srtcp.encrypt(bytes as Buffer),
    unprotectRtcp: (bytes) => srtcp.decrypt(bytes as Buffer),
  };
}

type Task = "protectRtp" | "unprotectRtp" | "protectRtcp" | "unprotectRtcp";
type Figures = Record<Task, number>;
const tasks: readonly Task[] = ["protectRtp", "unprotectRtp", "protectRtcp", "unprotectRtcp"];

function costUs(inputs: readonly Uint8Array[], run: (bytes: Uint8Array) => unknown): number {
  const before = process.cpuUsage();
  for (const bytes of inputs) if (run(bytes) === undefined) throw new Error("a packet was refused");
  const { user, system } = process.cpuUsage(before);
  return (user + system) / inputs.length;
}

/** One pass of a new cipher over all packets: what it protects it opens itself, for both directions have the same keys. */
function pass(cipher: MediaCipher): Figures {
  const reports = packets.map(() => report);
  const sealed: Uint8Array[] = [];
  const sealedReports: Uint8Array[] = [];
  const protectRtp = costUs(packets, (packet) => sealed.push(cipher.protectRtp(packet)));
  const protectRtcp = costUs(reports, (bytes) => sealedReports.push(cipher.protectRtcp(bytes)));
  const unprotectRtp = costUs(sealed, cipher.unprotectRtp);
  const unprotectRtcp = costUs(sealedReports, cipher.unprotectRtcp);
  return { protectRtp, unprotectRtp, protectRtcp, unprotectRtcp };
}

const median = (figures: readonly number[]): number =>
  [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;

const makers = (Object.keys(saltBytes) as SrtpProfile[]).flatMap((profile) => {
  const number = weriftProfile[profile];
  const ours = { name: `${profile}, ours`, make: () => srtpCipher(keysOf(profile)) };
  if (number === undefined) return [ours];
  return [ours, { name: `${profile}, werift`, make: () => weriftCipher(keysOf(profile), number) }];
});
for (const { make } of makers) pass(make());
const passes = Array.from({ length: rounds }, () => makers.map(({ make }) => pass(make())));
console.log(`${"µs CPU a packet, PCMU of 20 ms".padEnd(34)}${tasks.map((task) => task.padStart(15)).join("")}`);
for (const [index, { name }] of makers.entries()) {
  const figures = tasks.map((task) => median(passes.map((figures) => figures[index]?.[task] ?? Number.NaN)));
  console.log(`${name.padEnd(34)}${figures.map((figure) => figure.toFixed(2).padStart(15)).join("")}`);
}
