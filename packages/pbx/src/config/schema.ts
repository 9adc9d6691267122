import { getCountries } from "libphonenumber-js";
import { z } from "zod";
import { isLoopback, isPrivate, readCidr, readHostPort } from "../domain/address.ts";
import { asUserName, readE164 } from "../domain/names.ts";
import { regionRanges } from "./networks.ts";

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
const whole = (least: number, most: number) =>
  z
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least)
    .max(most);

const sip = z.strictObject({ udp: hostPort, publicAddress: publicAddress.optional() });

const trunk = z.strictObject({
  host: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, "must be a host name or an IP address")
    .max(253),
  port: whole(1, 65_535).default(5060),
  transport: z.literal("udp", { error: "must be udp" }).default("udp"),
  allow: z
    .array(trustedRange)
    .min(1, "must name at least one region or range")
    .transform((ranges) => ranges.flat()),
  optionsSeconds: whole(5, 3600).default(30),
});

const ownedNumber = z.strictObject({
  ring: z.array(userName).min(1, "must name at least one user"),
  ringSeconds: whole(5, 300).default(30),
});

const user = z.strictObject({
  name: z.string().min(1).max(64).optional(),
  callerId: number,
  contact: peerAddress.optional(),
});

const calling = z.strictObject({
  country: country.default("US"),
  allow: z.array(country).min(1, "must name at least one country").optional(),
  maxCalls: whole(1, 10_000).default(10),
  maxCallsPerUser: whole(1, 10_000).default(2),
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
  publicUrl: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  localUser: userName.optional(),
});

const admin = z.strictObject({ socket: z.string().min(1).max(100).default("./trunkline.sock") });
const log = z.strictObject({
  level: z
    .enum(["trace", "debug", "info", "warn", "error"], { error: "must be trace, debug, info, warn or error" })
    .default("info"),
});

/** The configuration file's keys, their types and their defaults; unknown keys are faults. */
export const schema = z.strictObject({
  version: z.literal(1, { error: "must be 1" }),
  sip,
  trunk,
  numbers: z.record(number, ownedNumber),
  users: z.record(userName, user),
  calling: calling.prefault({}),
  media: media.prefault({}),
  http: http.prefault({}),
  admin: admin.prefault({}),
  log: log.prefault({}),
});

export type ConfigFile = z.output<typeof schema>;
