import { expect, test } from "vitest";
import { contextKeys, readSettings } from "../lib/settings/settings.ts";

const faultsOf = (context: Record<string, unknown>): readonly string[] => {
  const read = readSettings(context);
  return "faults" in read ? read.faults : [];
};

test("a number is all that must be said; everything else has its default", () => {
  expect(readSettings({ areaCode: "618" })).toEqual({
    settings: {
      ...{ region: "us-east-1", areaCode: "618", keepNumber: true, callingCountries: ["US", "CA"], callsPerSecond: 1 },
      ...{ transport: "udp", instanceType: "t4g.small", diskGiB: 8, deviceNetworks: [], user: "me" },
      ...{ imageRevision: "1", secrets: [] },
      ...{ minutesPerDay: 300, logDays: 90, hosts: 1 },
    },
  });
});

test("what is written on a command line is text, and is read as what it means", () => {
  const given = {
    number: "+16185558387",
    keepNumber: "false",
    callsPerSecond: "5",
    logDays: "30",
    deviceNetworks: "203.0.113.0/24, 198.51.100.0/24",
  };
  expect(readSettings(given)).toMatchObject({
    settings: {
      keepNumber: false,
      callsPerSecond: 5,
      logDays: 30,
      deviceNetworks: ["203.0.113.0/24", "198.51.100.0/24"],
    },
  });
});

const good = { areaCode: "618" };

test.each([
  [{}, "number: name exactly one of number (one that you have), areaCode, state or tollFreePrefix (a new one)"],
  [
    { ...good, state: "IL" },
    "number: name exactly one of number (one that you have), areaCode, state or tollFreePrefix (a new one)",
  ],
  [{ ...good, region: "eu-north-1" }, /^region: must be one of the regions that have Voice Connectors: us-east-1, /],
  [{ areaCode: "18" }, "areaCode: must be three digits such as 618"],
  [{ number: "6185558387" }, "number: must be a number of yours, +1 and ten digits"],
  [{ tollFreePrefix: "822" }, "tollFreePrefix: must be a toll-free prefix such as 844"],
  [{ ...good, keepNumber: "maybe" }, "keepNumber: must be true or false"],
  [{ ...good, callsPerSecond: "0" }, /^callsPerSecond: /],
  [{ ...good, transport: "sctp" }, "transport: must be udp, tcp or tls"],
  [
    { ...good, transport: "tls" },
    "transport: tls needs sipName and sipCertificate: the connector calls a name and checks its certificate",
  ],
  [{ ...good, sipName: "sip.example.com" }, "sipName: sipName and sipCertificate are for transport tls alone"],
  [{ ...good, instanceType: "t3.small" }, "instanceType: must be an arm64 instance type such as t4g.small"],
  [{ ...good, deviceNetworks: "203.0.113.0" }, "deviceNetworks.0: must be a network such as 203.0.113.0/24"],
  [{ ...good, secrets: "desk" }, "secrets.0: must be NAME=ARN, the whole ARN of a secret in Secrets Manager"],
  [
    { ...good, credentials: "arn:aws:secretsmanager:us-east-1:111122223333:secret:trunk" },
    "credentials: must be the whole ARN of a secret in Secrets Manager",
  ],
  [
    { ...good, deviceNetworks: Array(13).fill("203.0.113.0/24").join() },
    "deviceNetworks: must name 12 networks at most",
  ],
  [{ ...good, imageRevision: "a b" }, "imageRevision: must be a word: another one takes the newest machine image"],
  [{ ...good, domainName: "phone.example.com" }, "domainName: domainName and certificateArn go together"],
  [{ ...good, logDays: "2" }, "logDays: must be a retention of CloudWatch Logs, in days, such as 90"],
  [{ ...good, hosts: "2" }, "hosts: more than one host cannot be deployed yet: they would not share who is online"],
  [{ ...good, instanceTyp: "t4g.small" }, `instanceTyp: is no key; there are ${contextKeys.join(", ")}`],
])("%j is refused in words", (context, words) => {
  expect(faultsOf(context)).toEqual([typeof words === "string" ? words : expect.stringMatching(words)]);
});

test("all faults are told at once", () => {
  expect(faultsOf({ region: "x", transport: "y", user: "Z" })).toEqual([
    expect.stringMatching(/^region: /),
    expect.stringMatching(/^transport: /),
    expect.stringMatching(/^user: /),
    expect.stringMatching(/^number: /),
  ]);
});
