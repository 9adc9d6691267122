import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type HostParts, InstallFailed, must, saidBy } from "./parts.ts";

/** What the host may read has perhaps been said only a moment ago, and takes its time to be known everywhere. */
const mostTries = 4;
const againMs = 10_000;

/** Where a key of a secret lies, from where the configuration may name it. */
const fileOf = (etc: string, name: string, key: string): string => join(etc, "secrets", `${name}-${key}`);

/**
 * Fetches secrets and writes each key of each into a file, `secrets/NAME-KEY`, that the server may read and nobody else. Those
 * that are not named any more are gone.
 * @param wanted the secrets' ARNs by name; each is JSON whose values are texts
 * @returns whether anything is other than before
 * @throws InstallFailed in words, in which no secret stands
 */
export async function putSecrets(
  wanted: Readonly<Record<string, string>>,
  region: string,
  parts: HostParts,
): Promise<boolean> {
  const { etc } = parts.paths;
  const fetched = await Promise.all(
    Object.entries(wanted).map(async ([name, arn]) => [name, await fetchSecret(name, arn, region, parts)] as const),
  );
  mkdirSync(join(etc, "secrets"), { recursive: true });
  const files = fetched.flatMap(([name, keys]) =>
    Object.entries(keys).map(([key, text]) => [fileOf(etc, name, key), text] as const),
  );
  const changed = files.filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
  for (const [file, text] of changed) writeWhole(file, text);
  const named = new Set(files.map(([file]) => file));
  for (const file of readdirSync(join(etc, "secrets")).map((name) => join(etc, "secrets", name)))
    if (!named.has(file)) rmSync(file);
  await must(parts, "The secrets cannot be given to the server", "chown", "-R", "root:trunkline", join(etc, "secrets"));
  chmodSync(join(etc, "secrets"), 0o750);
  return changed.length > 0;
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o640 });
  renameSync(`${file}.new`, file);
}

async function fetchSecret(
  name: string,
  arn: string,
  region: string,
  { run, sleep }: HostParts,
): Promise<Readonly<Record<string, string>>> {
  const asked = ["secretsmanager", "get-secret-value", "--secret-id", arn, "--region", region];
  const ask = () => run("aws", [...asked, "--query", "SecretString", "--output", "text"]);
  let ran = await ask();
  for (let tries = 1; ran.status !== 0 && tries < mostTries; tries++) {
    await sleep(againMs);
    ran = await ask();
  }
  if (ran.status !== 0) throw new InstallFailed(`The secret ${name} cannot be read: ${saidBy(ran)}`);
  const keys = parsed(ran.stdout);
  if (keys === undefined) throw new InstallFailed(`The secret ${name} must be JSON whose keys are texts.`);
  return keys;
}

function parsed(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const given: unknown = JSON.parse(text);
    const isPlain = typeof given === "object" && given !== null && !Array.isArray(given);
    const isTexts =
      isPlain && Object.entries(given).every(([key, value]) => /^\w+$/.test(key) && typeof value === "string");
    return isTexts ? (given as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}
