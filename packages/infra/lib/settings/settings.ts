import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { parse } from "yaml";
import { z } from "zod";
import { regions } from "./regions.ts";

/** What is deployed: every default filled in, all of it checked together. */
export type Settings = z.output<typeof schema>;

/** The keys that may be given, as CDK context (`-c key=value`): texts, or what `cdk.json` writes as JSON. */
export const contextKeys = [
  "region",
  "number",
  "areaCode",
  "state",
  "tollFreePrefix",
  "keepNumber",
  "callingCountries",
  "callsPerSecond",
  "transport",
  "sipName",
  "sipCertificate",
  "credentials",
  "instanceType",
  "diskGiB",
  "imageRevision",
  "configuration",
  "secrets",
  "deviceNetworks",
  "user",
  "userName",
  "domainName",
  "certificateArn",
  "webAclArn",
  "alarmEmail",
  "minutesPerDay",
  "logDays",
  "hosts",
] as const;

/** A list as text, `US,CA`, as JSON, or as it is. */
const list = (item: z.ZodType<string, string>) =>
  z.preprocess((given) => (typeof given === "string" ? given.split(/[\s,]+/).filter(Boolean) : given), z.array(item));

/** A whole number, also written as text. */
const whole = (least: number, most: number) =>
  z.preprocess(
    (given) => (typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given),
    z
      .int({ error: `must be a whole number from ${least} to ${most}` })
      .min(least)
      .max(most),
  );

const yesOrNo = z.preprocess(
  (given) => (given === "true" ? true : given === "false" ? false : given),
  z.boolean({ error: "must be true or false" }),
);

const text = (pattern: RegExp, expected: string) =>
  z.string({ error: `must be ${expected}` }).regex(pattern, `must be ${expected}`);

/** RFC 4632, as security groups take it. */
const network = z.string().refine((given) => {
  const [address = "", bits = "", ...rest] = given.split("/");
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest.length === 0;
}, "must be a network such as 203.0.113.0/24");

/** The server takes secrets as text, too; here they would stand in the template. */
const secretsWrittenIn = (keys: unknown, at = ""): readonly string[] =>
  typeof keys !== "object" || keys === null
    ? []
    : Object.entries(keys).flatMap(([key, value]) =>
        ["password", "clientSecret"].includes(key) && typeof value === "string"
          ? [`${at}${key}`]
          : secretsWrittenIn(value, `${at}${key}.`),
      );

/** The path of a file with the operator's own keys for the server; what it reads is the file's text. */
const ownKeys = z.string().transform((path, context): string => {
  try {
    const text = readFileSync(path, "utf8");
    const keys: unknown = parse(text);
    const written = secretsWrittenIn(keys);
    for (const name of written)
      context.addIssue({ code: "custom", message: `${path} has ${name} written out: name a file of a secret` });
    if (written.length > 0) return z.NEVER;
    if (typeof keys === "object" && keys !== null && !Array.isArray(keys)) return text;
    context.addIssue({ code: "custom", message: `${path} must have keys of the server's configuration` });
  } catch (fault) {
    context.addIssue({ code: "custom", message: `${path} cannot be read: ${(fault as Error).message}` });
  }
  return z.NEVER;
});

/** A security group has so many rules; each network takes three or four. */
const mostNetworks = 12;

/** Whole, with the six letters that Secrets Manager adds: policies name it so. */
const secretArn = String.raw`arn:aws[\w-]*:secretsmanager:[^,\s]+-[A-Za-z0-9]{6}$`;
const secret = text(new RegExp(`^${secretArn}`), "the whole ARN of a secret in Secrets Manager");

const tollFree = "8(?:00|33|44|55|66|77|88)";

/** Whether the caller of a number, in E.164, pays nothing. */
export const isTollFree = (number: string): boolean => new RegExp(`^\\+1${tollFree}`).test(number);

const schema = z.strictObject({
  region: z
    .enum(regions, { error: `must be one of the regions that have Voice Connectors: ${regions.join(", ")}` })
    .default("us-east-1"),
  number: text(/^\+1[2-9]\d{9}$/, "a number of yours, +1 and ten digits").optional(),
  areaCode: text(/^[2-9]\d{2}$/, "three digits such as 618").optional(),
  state: text(/^[A-Z]{2}$/, "a state's two letters such as IL").optional(),
  tollFreePrefix: text(new RegExp(`^${tollFree}$`), "a toll-free prefix such as 844").optional(),
  keepNumber: yesOrNo.default(true),
  callingCountries: list(text(/^[A-Z]{2}$/, "a country's two letters such as US")).default(["US", "CA"]),
  callsPerSecond: whole(1, 100).default(1),
  transport: z.enum(["udp", "tcp", "tls"], { error: "must be udp, tcp or tls" }).default("udp"),
  sipName: text(/^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a host name such as sip.example.com").optional(),
  sipCertificate: secret.optional(),
  credentials: secret.optional(),
  instanceType: text(/^[a-z]+\d+g[a-z]*\.[a-z0-9]+$/, "an arm64 instance type such as t4g.small").default("t4g.small"),
  diskGiB: whole(8, 1024).default(8),
  imageRevision: text(/^[\w.-]{1,32}$/, "a word: another one takes the newest machine image").default("1"),
  configuration: ownKeys.optional(),
  secrets: list(
    text(new RegExp(`^[a-z][a-z0-9-]{0,31}=${secretArn}`), "NAME=ARN, the whole ARN of a secret in Secrets Manager"),
  ).default([]),
  deviceNetworks: list(network)
    .refine((given) => given.length <= mostNetworks, `must name ${mostNetworks} networks at most`)
    .default([]),
  user: text(/^[a-z][a-z0-9._-]{0,31}$/, "a user name (a-z, 0-9, . _ -, at most 32, a letter first)").default("me"),
  userName: text(/^[^"\\\r\n]{1,64}$/, "a person's name").optional(),
  domainName: text(/^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a host name such as phone.example.com").optional(),
  certificateArn: text(
    /^arn:aws[\w-]*:acm:us-east-1:/,
    "the ARN of a certificate of ACM in us-east-1, as CloudFront wants it",
  ).optional(),
  webAclArn: text(
    /^arn:aws[\w-]*:wafv2:us-east-1:\d+:global\//,
    "the ARN of a global web ACL, in us-east-1",
  ).optional(),
  alarmEmail: z.email({ error: "must be an e-mail address" }).optional(),
  minutesPerDay: whole(1, 1_000_000).default(300),
  logDays: z
    .preprocess(
      (given) => (typeof given === "string" ? Number(given) : given),
      z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], {
        error: "must be a retention of CloudWatch Logs, in days, such as 90",
      }),
    )
    .default(90),
  hosts: whole(1, 100).default(1),
});

/** The secrets of one's own: the ARN of each by its name. The name of a secret, and so its ARN, may have a `=` in it. */
export const namedSecrets = ({ secrets }: Settings): Readonly<Record<string, string>> =>
  Object.fromEntries(secrets.map((one) => one.split(/=(.*)/s, 2) as [string, string]));

/** Which number is wished for, in a word. */
export const wishOf = ({ number, areaCode, state, tollFreePrefix }: Settings): string =>
  number ?? areaCode ?? state ?? tollFreePrefix ?? "";

type Given = Readonly<Record<string, unknown>>;

/** What must hold between keys. */
function crossFaults(given: Given): readonly (readonly [key: string, why: string])[] {
  const wishes = (["number", "areaCode", "state", "tollFreePrefix"] as const).filter((key) => given[key] !== undefined);
  const isTls = given.transport === "tls";
  return [
    ...(wishes.length === 1
      ? []
      : [
          [
            "number",
            "name exactly one of number (one that you have), areaCode, state or tollFreePrefix (a new one)",
          ] as const,
        ]),
    ...(isTls && (given.sipName === undefined || given.sipCertificate === undefined)
      ? [
          [
            "transport",
            "tls needs sipName and sipCertificate: the connector calls a name and checks its certificate",
          ] as const,
        ]
      : []),
    ...(!isTls && (given.sipName !== undefined || given.sipCertificate !== undefined)
      ? [["sipName", "sipName and sipCertificate are for transport tls alone"] as const]
      : []),
    ...((given.domainName === undefined) === (given.certificateArn === undefined)
      ? []
      : [["domainName", "domainName and certificateArn go together"] as const]),
    ...(Number(given.hosts ?? 1) === 1
      ? []
      : [["hosts", "more than one host cannot be deployed yet: they would not share who is online"] as const]),
  ];
}

/**
 * Reads the context.
 * @returns the settings, or every fault in words
 */
export function readSettings(
  context: Readonly<Record<string, unknown>>,
): { readonly settings: Settings } | { readonly faults: readonly string[] } {
  const given = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
  const parsed = schema.safeParse(given);
  const between = crossFaults(given).map(([key, why]) => `${key}: ${why}`);
  if (parsed.success && between.length === 0) return { settings: parsed.data };
  return { faults: [...(parsed.error?.issues.flatMap(wordsOf) ?? []), ...between] };
}

function wordsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => `${key}: is no key; there are ${contextKeys.join(", ")}`);
  return [`${issue.path.join(".")}: ${issue.message}`];
}
