import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** What tests of this process have used and nobody may find written down: cookies, links, passwords. */
const used = new Set<string>();

/** Remembers a secret, so that no server may have written it down when it stops. */
export function keepSecret(secret: string): string {
  used.add(secret);
  return secret;
}

/** Remembers the passwords in a configuration file. */
export function keepSecretsOf(config: string): void {
  for (const [, secret] of config.matchAll(/\b(?:password|clientSecret): "?([^\s"{},]{6,})/g)) keepSecret(secret ?? "");
}

/**
 * What is a secret whatever its value: each must be masked where it stands, at the beginning of a line as in a
 * message that is one. A message that was cut short may end where a secret would begin: then a quote of JSON follows.
 */
const patterns = [
  /^a=crypto:[^\n]*?inline:(?!\[masked\])[\w+/]/m,
  /^a=ice-pwd:(?!\[masked\])[\w+/]/m,
  /^(?:proxy-)?authorization:[^\n]*?[ ,]response="?(?!\[masked\])\w/im,
  /__Host-trunkline[^\s=]*=/,
];

/** @returns the secrets that stand in a text, each with what is before it */
export const secretsIn = (text: string): readonly string[] => [
  ...[...used].filter((secret) => text.includes(secret)).map((secret) => around(text, text.indexOf(secret))),
  ...patterns.flatMap((pattern) => pattern.exec(text) ?? []),
];

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 80), at + 8);

const paths = [
  "/trace?limit=5000",
  "/history?limit=1000",
  "/refusals?limit=1000",
  "/status",
  "/sessions",
  "/registrations",
];

/** Everything that a running server tells by its admin socket; nothing of a server that is gone. */
export async function toldBy(folder: string): Promise<string> {
  const socketPath = join(folder, "trunkline.sock");
  const answers = paths.map(
    (path) =>
      new Promise<string>((resolve) => {
        const asked = request(
          { socketPath, path, timeout: 5000 },
          (response) => void text(response).then(resolve, () => resolve("")),
        );
        asked.once("error", () => resolve("")).once("timeout", () => asked.destroy());
        asked.end();
      }),
  );
  // In JSON a line's end is written as two letters.
  return (await Promise.all(answers)).join("\n").replaceAll("\\r\\n", "\n").replaceAll('\\"', '"');
}

/** What a server has written into its folder. */
export const writtenIn = (folder: string): string =>
  ["trunkline.db", "trunkline.db-wal"]
    .map((name) => join(folder, name))
    .filter(existsSync)
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
