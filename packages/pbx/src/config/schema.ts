import { getCountries } from "libphonenumber-js";
import { z } from "zod";
import { isLoopback, isPrivate, readCidr, readHostPort } from "../domain/address.ts";
import { asUserName, readE164 } from "../domain/names.ts";
import { regionRanges } from "./networks.ts";
import { pem } from "./pem.ts";
import { secret } from "./secret.ts";
import { unanswered } from "./unanswered.ts";

/** A key whose text becomes a value of the domain; `expected` says in words what is allowed. */
const read = <T>(reader: (text: string) => T | undefined, expected: string) =>
  z.string({ error: `must be ${expected}` }).transform((text, context): T => {
    const value = reader(text);
    if (value === undefined) context.addIssue({ code: "custom", message: `"${text}" is not ${expected}` });
    return value as T;
  });

const hostPort = read(readHostPort, "ADDRESS:PORT with an IP address");
const number = read(readE164, "a number in E.164 form such as +12025550123");
const userName = read(
  (text) => (/^[a-z][a-z0-9._-]{0,31}$/.test(text) ? asUserName(text) : undefined),
  "a user name (a-z, 0-9, . _ -, at most 32, a letter first)",
);
const publicAddress = read(
  (text) => readHostPort(`${text.includes(":") ? `[${text}]` : text}:0`)?.address,
  "an IP address",
);
const nameServer = read(
  (text) => ((readHostPort(text) ?? readHostPort(`${text}:53`)) ? text : undefined),
  "ADDRESS or ADDRESS:PORT of a DNS server",
);
const country = z.enum(getCountries(), { error: "must be a country's two-letter code such as US" });
const peerAddress = read((text) => {
  const peer = readHostPort(text.replace(/^sip:/, ""));
  return peer !== undefined && (isLoopback(peer.address) || isPrivate(peer.address)) ? peer : undefined;
}, "sip:ADDRESS:PORT on a loopback or private network");
const trustedRange = read((text) => {
  const ranges = regionRanges(text) ?? [readCidr(text)];
  return ranges.every((range) => range !== undefined) ? (ranges as NonNullable<(typeof ranges)[number]>[]) : undefined;
}, "a Voice Connector region such as us-east-1 or a range such as 198.51.100.0/24");
const portRange = read((text) => {
  const [first, last] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).slice(1).map(Number);
  const usable = first !== undefined && last !== undefined && first >= 1024 && last <= 65_535 && last - first >= 3;
  return usable ? ([first, last] as const) : undefined;
}, "a range of at least four ports such as 10000-19999, none below 1024");
function readOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  return isWeb && url.href === `${url.origin}/` ? url.origin : undefined;
}
const whole = (least: number, most: number) =>
  z
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least)
    .max(most);

const ranges = z.array(trustedRange).transform((lists) => lists.flat());
const text = (most: number) => z.string().min(1).max(most);
const yesOrNo = z.boolean({ error: "must be true or false" });

const sip = z.strictObject({
  udp: hostPort.default({ address: "0.0.0.0", port: 5060 }),
  tcp: hostPort.optional(),
  tls: z.strictObject({ bind: hostPort, certificate: pem, key: pem }).optional(),
  publicAddress: z.union([z.literal("ec2"), publicAddress]).optional(),
});

const trunk = z.strictObject({
  host: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, "must be a host name or an IP address")
    .max(253),
  port: whole(1, 65_535).optional(),
  transport: z.enum(["udp", "tcp", "tls"], { error: "must be udp, tcp or tls" }).default("udp"),
  srtp: yesOrNo.default(false),
  allow: z
    .array(trustedRange)
    .min(1, "must name at least one region or range")
    .transform((lists) => lists.flat()),
  nameServers: z.array(nameServer).min(1, "must name at least one").max(8).optional(),
  optionsSeconds: whole(5, 3600).default(30),
  hold: z.enum(["local", "signalled"], { error: "must be local or signalled" }).default("local"),
  credentials: z.strictObject({ username: secret, password: secret }).optional(),
});

const ownedNumber = z.strictObject({
  ring: z.array(userName).min(1, "must name at least one user"),
  ringSeconds: whole(5, 300).default(30),
  unanswered: unanswered.default("announcement"),
  transferOut: yesOrNo.default(false),
});

const user = z.strictObject({
  name: text(64).optional(),
  extension: z
    .string()
    .regex(/^\d{2,6}$/, "must be two to six digits")
    .optional(),
  callerId: number,
  operator: yesOrNo.default(false),
  callWaiting: yesOrNo.default(true),
  device: z.strictObject({ username: text(64), password: secret, srtp: yesOrNo.optional() }).optional(),
  contact: peerAddress.optional(),
});

const devices = z.strictObject({ allow: ranges.default([]) });

const calling = z.strictObject({
  country: country.default("US"),
  allow: z.array(country).min(1, "must name at least one country").optional(),
  allowPremium: yesOrNo.default(false),
  callsPerSecond: whole(1, 10_000).default(1),
  maxCalls: whole(1, 10_000).default(10),
  maxCallsPerUser: whole(1, 10_000).default(2),
  maxMinutes: whole(1, 1440).default(240),
  maxHoldMinutes: whole(1, 1440).default(60),
  minutesPerUserPerDay: whole(1, 1_000_000).default(300),
});

const media = z.strictObject({
  trunkPorts: portRange.default([10_000, 19_999]),
  browserPorts: portRange.default([20_000, 29_999]),
  workers: z
    .union([z.literal("auto"), whole(1, 64)], { error: "must be auto or a number from 1 to 64" })
    .default("auto"),
  publicAddress: publicAddress.optional(),
  silenceSeconds: whole(5, 3600).default(60),
});

const http = z.strictObject({
  bind: hostPort.default({ address: "127.0.0.1", port: 8080 }),
  publicUrl: read(readOrigin, "an http or https URL without a path").optional(),
  trustedProxies: ranges.default([]),
});

const oidc = z.strictObject({
  issuer: z.url({ protocol: /^https?$/, error: "must be the provider's https URL" }),
  clientId: text(256),
  clientSecret: secret,
  label: text(40).default("your company account"),
  users: z.record(
    text(254).transform((key) => (key.includes("@") ? key.toLowerCase() : key)),
    userName,
  ),
});

const access = z.strictObject({ sessionDays: whole(1, 365).default(90), oidc: oidc.optional() });

const admin = z.strictObject({
  bind: hostPort.default({ address: "127.0.0.1", port: 9090 }),
  socket: text(100).default("./trunkline.sock"),
});
const storage = z.strictObject({
  path: text(4096).default("./trunkline.db"),
  historyDays: whole(1, 3650).default(365),
});
const log = z.strictObject({
  level: z
    .enum(["trace", "debug", "info", "warn", "error"], { error: "must be trace, debug, info, warn or error" })
    .default("info"),
});

/** The configuration file's keys, their types and their defaults; unknown keys are faults. */
export const schema = z.strictObject({
  version: z.literal(1, { error: "must be 1" }),
  sip: sip.prefault({}),
  trunk,
  numbers: z.record(number, ownedNumber),
  users: z.record(userName, user),
  devices: devices.prefault({}),
  calling: calling.prefault({}),
  media: media.prefault({}),
  http: http.prefault({}),
  access: access.prefault({}),
  admin: admin.prefault({}),
  storage: storage.prefault({}),
  log: log.prefault({}),
});

export type ConfigFile = z.output<typeof schema>;
