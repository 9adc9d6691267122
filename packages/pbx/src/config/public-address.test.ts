import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { withPublicAddress } from "./public-address.ts";
import { readConfig } from "./read.ts";

const text = (publicAddress: string): string => `version: 1
sip: { udp: "10.0.0.5:5060", publicAddress: ${publicAddress} }
trunk: { host: vc.example, allow: [us-east-1] }
numbers: { "+16185558387": { ring: [alice] } }
users: { alice: { callerId: "+16185558387" } }
`;

function configOf(publicAddress: string) {
  const read = readConfig(text(publicAddress), "t.yaml");
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.config;
}

type Answer = { readonly status: number; readonly body: string };

/** A metadata service that wants a token, as every new instance's does. */
async function service(answerTo: (request: IncomingMessage) => Answer = imdsV2("198.51.100.204")) {
  const server = createServer((request, response) => {
    const { status, body } = answerTo(request);
    response.writeHead(status).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 500 };
}

const imdsV2 =
  (address: string) =>
  ({ method, url, headers }: IncomingMessage): Answer => {
    if (method === "PUT" && url === "/latest/api/token" && headers["x-aws-ec2-metadata-token-ttl-seconds"] === "60")
      return { status: 200, body: "a-token==" };
    if (headers["x-aws-ec2-metadata-token"] !== "a-token==") return { status: 401, body: "" };
    return url === "/latest/meta-data/public-ipv4" && address !== ""
      ? { status: 200, body: address }
      : { status: 404, body: "" };
  };

test("ec2 becomes the instance's public address, for SIP and for browsers", async () => {
  const config = await withPublicAddress(configOf("ec2"), await service());
  expect(config.sip).toMatchObject({ udp: { address: "10.0.0.5" }, publicAddress: "198.51.100.204" });
  expect(config.media.browserHosts).toEqual(["198.51.100.204"]);
});

test("an address that is written down stays, and nobody is asked", async () => {
  const config = configOf("203.0.113.9");
  expect(await withPublicAddress(config, { url: "http://127.0.0.1:1", timeoutMs: 1 })).toBe(config);
});

test.each([
  ["an instance without one", imdsV2(""), "the instance has no public address: give it an Elastic IP address"],
  [
    "a service that is forbidden",
    () => ({ status: 403, body: "" }),
    "it answers PUT /latest/api/token with status 403",
  ],
  ["nonsense", imdsV2("<html>"), "its answer is not an address"],
] as const)("%s is said in words", async (_, answerTo, words) => {
  await expect(withPublicAddress(configOf("ec2"), await service(answerTo))).rejects.toMatchObject({
    code: "PUBLIC_ADDRESS_UNKNOWN",
    message: expect.stringContaining(words),
  });
});

test("where nobody answers, the start does not wait for ever", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await expect(withPublicAddress(configOf("ec2"), { url, timeoutMs: 50 })).rejects.toThrow("this is no EC2 instance");
});
