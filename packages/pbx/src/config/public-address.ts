import { isIP } from "node:net";
import { messageOf, PbxError } from "../kernel/errors.ts";
import type { Config } from "./config.ts";

/** How the metadata service of the instance is reached: the one address that all instances have, or another for tests. */
export type MetadataService = { readonly url: string; readonly timeoutMs: number };

const usual: MetadataService = { url: "http://169.254.169.254", timeoutMs: 2000 };

/** The service, elsewhere where the variable says so that the AWS SDKs know too. */
export const metadataService = (): MetadataService => ({
  ...usual,
  url: process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT?.replace(/\/$/, "") ?? usual.url,
});

/**
 * Puts the instance's public address where the configuration says `ec2`.
 * @throws PbxError PUBLIC_ADDRESS_UNKNOWN in words
 */
export async function withPublicAddress(config: Config, service = metadataService()): Promise<Config> {
  if (config.sip.publicAddress !== "ec2") return config;
  const publicAddress = await publicAddressOf(service);
  const browserHosts = config.media.browserHosts.map((host) => (host === "ec2" ? publicAddress : host));
  return { ...config, sip: { ...config.sip, publicAddress }, media: { ...config.media, browserHosts } };
}

/** IMDSv2: a token first, then the question. AWS, "Use the Instance Metadata Service to access instance metadata". */
async function publicAddressOf(service: MetadataService): Promise<string> {
  const token = await ask(service, "PUT", "/latest/api/token", { "x-aws-ec2-metadata-token-ttl-seconds": "60" });
  const address = await ask(service, "GET", "/latest/meta-data/public-ipv4", { "x-aws-ec2-metadata-token": token });
  if (isIP(address) === 0) throw unknown("its answer is not an address");
  return address;
}

async function ask(
  { url, timeoutMs }: MetadataService,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(`${url}${path}`, { method, headers, signal, redirect: "error" }).catch(
    (cause: unknown) => {
      throw unknown(
        `it cannot be reached (${messageOf(cause)}): this is no EC2 instance, or the service is switched off`,
      );
    },
  );
  if (response.status === 404) throw unknown("the instance has no public address: give it an Elastic IP address");
  if (!response.ok) throw unknown(`it answers ${method} ${path} with status ${response.status}`);
  return (await response.text()).trim();
}

const unknown = (why: string): PbxError =>
  new PbxError(
    "PUBLIC_ADDRESS_UNKNOWN",
    `sip.publicAddress is ec2, and the instance's metadata service was asked, but ${why}. Or write the address itself.`,
  );
