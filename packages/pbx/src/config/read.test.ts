import { describe, expect, test } from "vitest";
import { callingOf } from "../../test/fakes/config.ts";
import { readConfig } from "./read.ts";

const good = `version: 1
sip:
  udp: 10.0.0.5:5060
  publicAddress: 198.51.100.204
trunk:
  host: abcdefghijklm.voiceconnector.chime.aws
  allow: [us-east-1, 127.0.0.9]
numbers:
  "+16185558387": { ring: [alice, lab] }
users:
  alice: { name: Alice, callerId: "+16185558387" }
  lab: { callerId: "+16185558387", contact: "sip:127.0.0.1:5080" }
`;

function faultsOf(text: string): readonly string[] {
  const read = readConfig(text, "t.yaml");
  return "faults" in read ? read.faults : [];
}

describe("configuration file", () => {
  test("a short file is enough, and every other key has its default", () => {
    const read = readConfig(good, "t.yaml");
    if ("faults" in read) throw new Error(read.faults.join("\n"));
    const { config } = read;
    expect(config.sip).toEqual({ udp: { address: "10.0.0.5", port: 5060 }, publicAddress: "198.51.100.204" });
    expect(config.trunk).toMatchObject({ transport: "udp", optionsSeconds: 30 });
    expect(config.trunk.allow.map(({ text }) => text)).toEqual(["3.80.16.0/23", "127.0.0.9"]);
    expect(config.calling).toEqual(callingOf());
    expect(config.media).toMatchObject({
      trunkPorts: [10_000, 19_999],
      browserHosts: ["198.51.100.204"],
      workers: "auto",
    });
    expect(config.http).toEqual({ bind: { address: "127.0.0.1", port: 8080 }, trustedProxies: [] });
    expect(config.admin).toEqual({ bind: { address: "127.0.0.1", port: 9090 }, socket: "./trunkline.sock" });
    expect(config.storage).toEqual({ path: "./trunkline.db", historyDays: 365 });
    expect([...config.users.values()].map(({ displayName }) => displayName)).toEqual(["Alice", "lab"]);
  });

  test.each([
    [
      "an unknown key",
      good.replace("  host:", "  hots: x\n  host:"),
      "t.yaml:6: trunk.hots: is not a key of this file",
    ],
    ["a missing key", good.replace(/ {2}host.*\n/, ""), "t.yaml:5: trunk.host: is missing"],
    ["a missing section", good.replace(/users:[\s\S]*/, ""), "t.yaml:1: users: is missing"],
    [
      "a name that is no address",
      good.replace("10.0.0.5:5060", "localhost"),
      't.yaml:3: sip.udp: "localhost" is not ADDRESS:PORT with an IP address',
    ],
    [
      "an unknown region",
      good.replace("us-east-1", "us-east-9"),
      't.yaml:7: trunk.allow.0: "us-east-9" is not a Voice Connector region such as us-east-1 or a range such as 198.51.100.0/24',
    ],
    [
      "a number without plus",
      good.replace(/callerId: "\+1618/, 'callerId: "1618'),
      't.yaml:11: users.alice.callerId: "16185558387" is not a number in E.164 form such as +12025550123',
    ],
    [
      "a user nobody knows",
      good.replace("[alice, lab]", "[alice, bob]"),
      't.yaml:9: numbers.+16185558387.ring.1: there is no user "bob"',
    ],
    [
      "a caller id that is not owned",
      good.replace('Alice, callerId: "+16185558387"', 'Alice, callerId: "+16185558388"'),
      "t.yaml:11: users.alice.callerId: +16185558388 is not listed in numbers: the trunk would refuse it",
    ],
    [
      "a peer on a public address",
      good.replace("sip:127.0.0.1:5080", "sip:198.51.100.7:5060"),
      't.yaml:12: users.lab.contact: "sip:198.51.100.7:5060" is not sip:ADDRESS:PORT on a loopback or private network',
    ],
    [
      "a peer inside trunk.allow",
      good.replace("sip:127.0.0.1:5080", "sip:127.0.0.9:5080"),
      "t.yaml:12: users.lab.contact: is inside trunk.allow: it could not be distinguished from the trunk",
    ],
    [
      "a wildcard without a public address",
      good.replace("10.0.0.5", "0.0.0.0").replace(/ {2}publicAddress.*\n/, ""),
      "t.yaml:3: sip.udp: binds every address: set sip.publicAddress to the one that peers can reach",
    ],
    ["a wrong version", good.replace("version: 1", "version: 2"), "t.yaml:1: version: must be 1"],
    [
      "a user who needs no sign-in",
      `${good}http: { localUser: alice }\n`,
      "t.yaml:13: http.localUser: is not a key of this file",
    ],
    [
      "a public URL without encryption",
      `${good}http: { publicUrl: "http://phone.example.com" }\n`,
      "t.yaml:13: http.publicUrl: must be https: without it browsers block the microphone and do not keep the sign-in",
    ],
    [
      "a provider that nobody is sent back from",
      `${good}access: { oidc: { issuer: "https://id.example.com", clientId: x, clientSecret: y, users: {} } }\n`,
      "t.yaml:13: access.oidc: needs http.publicUrl: the provider redirects users there",
    ],
    [
      "a provider that is asked in clear",
      `${good}http: { publicUrl: "https://phone.example.com" }\naccess: { oidc: { issuer: "http://id.example.com", clientId: x, clientSecret: y, users: {} } }\n`,
      "t.yaml:14: access.oidc.issuer: must be https, or anyone on the network path could sign in as anyone",
    ],
    [
      "a provider's user who is nobody here",
      `${good}http: { publicUrl: "https://phone.example.com" }\naccess:\n  oidc: { issuer: "https://id.example.com", clientId: x, clientSecret: y, users: { bob@example.com: bob } }\n`,
      't.yaml:15: access.oidc.users.bob@example.com: there is no user "bob"',
    ],
    [
      "TCP towards the trunk without a place for it to call us",
      good.replace("  host:", "  transport: tcp\n  host:"),
      "t.yaml:6: trunk.transport: needs sip.tcp: the trunk calls us over it too",
    ],
    [
      "keys for SRTP in clear",
      good.replace("  host:", "  srtp: true\n  host:"),
      "t.yaml:6: trunk.srtp: needs trunk.transport: tls, or its keys would travel in clear",
    ],
    [
      "a transport that is none",
      good.replace("  host:", "  transport: sctp\n  host:"),
      "t.yaml:6: trunk.transport: must be udp, tcp or tls",
    ],
    [
      "a certificate that is not there",
      good.replace("  udp:", "  tls: { bind: 10.0.0.5:5061, certificate: /nowhere.pem, key: /nowhere.pem }\n  udp:"),
      expect.stringMatching(/^t\.yaml:3: sip\.tls\.certificate: "\/nowhere\.pem" cannot be read: ENOENT/),
    ],
    [
      "a password in a variable that is not set",
      good.replace("  host:", "  credentials: { username: x, password: { env: TRUNKLINE_NO_SUCH } }\n  host:"),
      "t.yaml:6: trunk.credentials.password: the environment has no variable TRUNKLINE_NO_SUCH",
    ],
    [
      "a password in a file that is not there",
      good.replace("  host:", "  credentials: { username: x, password: { file: /nowhere } }\n  host:"),
      "t.yaml:6: trunk.credentials.password: the file /nowhere cannot be read (ENOENT)",
    ],
    [
      "a password of another kind",
      good.replace("  host:", "  credentials: { username: x, password: 7 }\n  host:"),
      "t.yaml:6: trunk.credentials.password: must be text, { env: NAME } or { file: PATH }",
    ],
    [
      "an extension that is another's",
      good.replace("name: Alice", 'name: Alice, extension: "101"').replace("lab: { ", 'lab: { extension: "101", '),
      "t.yaml:12: users.lab.extension: is the user alice's already",
    ],
    [
      "an extension that is an emergency number everywhere",
      good.replace("name: Alice", 'name: Alice, extension: "112"'),
      "t.yaml:11: users.alice.extension: 112 is an emergency number. Choose another extension",
    ],
    [
      "an extension that is an emergency number of the country",
      `${good.replace("name: Alice", 'name: Alice, extension: "110"')}calling: { country: DE }\n`,
      "t.yaml:11: users.alice.extension: 110 is an emergency number. Choose another extension",
    ],
    [
      "an extension that is no number",
      good.replace("name: Alice", 'name: Alice, extension: "desk"'),
      "t.yaml:11: users.alice.extension: must be two to six digits",
    ],
    [
      "a device that may register from nowhere",
      good.replace("name: Alice", "name: Alice, device: { username: a, password: b }"),
      "t.yaml:11: users.alice.device: cannot register: devices.allow names no network",
    ],
    [
      "a DNS server by its name",
      good.replace("  allow: [us", "  nameServers: [127.0.0.1:5353, dns.example]\n  allow: [us"),
      't.yaml:7: trunk.nameServers.1: "dns.example" is not ADDRESS or ADDRESS:PORT of a DNS server',
    ],
    [
      "devices within the trunk's networks",
      `${good}devices: { allow: [10.0.0.0/8, 127.0.0.0/8] }\n`,
      "t.yaml:13: devices.allow: 127.0.0.0/8 overlaps trunk.allow: phones could not be distinguished from the trunk",
    ],
    [
      "a recording that is not there",
      good.replace("ring: [alice, lab]", "ring: [alice], unanswered: { play: /nowhere.wav }"),
      expect.stringMatching(/^t\.yaml:9: numbers\.\+16185558387\.unanswered.*: .*"\/nowhere\.wav" cannot be played/),
    ],
    [
      "something else to do with a call that nobody takes",
      good.replace("ring: [alice, lab]", "ring: [alice], unanswered: voicemail"),
      "t.yaml:9: numbers.+16185558387.unanswered: must be announcement, reject or { play: FILE.wav }",
    ],
    [
      "too many calls a second",
      `${good}calling: { callsPerSecond: 100000 }\n`,
      "t.yaml:13: calling.callsPerSecond: must be a whole number from 1 to 10000",
    ],
    [
      "an interval that is none",
      good.replace("  host:", "  optionsSeconds: 1\n  host:"),
      "t.yaml:6: trunk.optionsSeconds: must be a whole number from 5 to 3600",
    ],
    [
      "ringing that is no ringing",
      good.replace("ring: [alice, lab]", "ring: [alice], ringSeconds: 1.5"),
      "t.yaml:9: numbers.+16185558387.ringSeconds: must be a whole number from 5 to 300",
    ],
    [
      "a number that rings nobody",
      good.replace("ring: [alice, lab]", "ring: []"),
      "t.yaml:9: numbers.+16185558387.ring: must name at least one user",
    ],
    [
      "a country that is none",
      `${good}calling: { country: XX }\n`,
      "t.yaml:13: calling.country: must be a country's two-letter code such as US",
    ],
    [
      "too few ports",
      `${good}media: { trunkPorts: 10000-10001 }\n`,
      't.yaml:13: media.trunkPorts: "10000-10001" is not a range of at least four ports such as 10000-19999, none below 1024',
    ],
    [
      "a number of workers that is none",
      `${good}media: { workers: many }\n`,
      "t.yaml:13: media.workers: must be auto or a number from 1 to 64",
    ],
    [
      "a public URL of another kind",
      `${good}http: { publicUrl: "ftp://phone.example.com" }\n`,
      't.yaml:13: http.publicUrl: "ftp://phone.example.com" is not an http or https URL without a path',
    ],
    [
      "a proxy that is no network",
      `${good}http: { trustedProxies: [proxy] }\n`,
      't.yaml:13: http.trustedProxies.0: "proxy" is not a Voice Connector region such as us-east-1 or a range such as 198.51.100.0/24',
    ],
    [
      "an admin address that is a name",
      `${good}admin: { bind: "localhost:9090" }\n`,
      't.yaml:13: admin.bind: "localhost:9090" is not ADDRESS:PORT with an IP address',
    ],
    [
      "a history of no days",
      `${good}storage: { historyDays: 0 }\n`,
      "t.yaml:13: storage.historyDays: must be a whole number from 1 to 3650",
    ],
    [
      "a log level that is none",
      `${good}log: { level: loud }\n`,
      "t.yaml:13: log.level: must be trace, debug, info, warn or error",
    ],
    [
      "something that is neither true nor false",
      good.replace("name: Alice", "name: Alice, operator: maybe"),
      "t.yaml:11: users.alice.operator: must be true or false",
    ],
    ["a number for a name", good.replace(/host:.*/, "host: 7"), "t.yaml:6: trunk.host: must be text"],
    [
      "one thing where several are",
      good.replace("[us-east-1, 127.0.0.9]", "us-east-1"),
      "t.yaml:7: trunk.allow: must be a list",
    ],
    ["a user that is no user", `${good}  bob: 5\n`, "t.yaml:13: users.bob: must be keys with values"],
    ["a tab in the YAML", good.replace("  udp", "\tudp"), expect.stringMatching(/^t\.yaml:3: /)],
    ["the same key twice", `${good}version: 1\n`, expect.stringMatching(/^t\.yaml:13: .*unique/)],
    ["an empty file", "", "t.yaml:1: trunk: is missing"],
  ])("names %s with its line", (_, text, fault) => {
    expect(faultsOf(text)).toContainEqual(fault);
  });

  test("every fault is told at once, in the order of the lines, those between keys too", () => {
    const faulty = good
      .replace("10.0.0.5:5060", "x")
      .replace("[alice, lab]", "[alice, bob]")
      .replace("version: 1", "version: 9");
    expect(faultsOf(faulty)).toEqual([
      "t.yaml:1: version: must be 1",
      't.yaml:3: sip.udp: "x" is not ADDRESS:PORT with an IP address',
      't.yaml:9: numbers.+16185558387.ring.1: there is no user "bob"',
    ]);
  });
});
