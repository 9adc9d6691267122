import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { closeServer, listenOnLoopback } from "../../packages/infra/test/loopback.ts";

/** S3, Secrets Manager and CloudWatch Logs as far as a host uses them, at one address of this machine. */
export type Aws = {
  readonly url: string;
  /** Files by bucket and key. */
  readonly objects: Map<string, string>;
  /** Texts by ARN. */
  readonly secrets: Map<string, string>;
  /** What has arrived in the log, in order. */
  readonly lines: string[];
  close(): void;
};

type Members = Readonly<Record<string, unknown>>;

export async function startAws(): Promise<Aws> {
  const objects = new Map<string, string>();
  const secrets = new Map<string, string>();
  const lines: string[] = [];
  const server = createServer(async (request, response) => {
    const target = String(request.headers["x-amz-target"] ?? "");
    if (target === "") return sendObject(objects, request, response);
    const members = JSON.parse(await text(request)) as Members;
    const answer =
      target === "secretsmanager.GetSecretValue" ? readSecret(secrets, members) : keepLines(lines, members);
    const isFault = "__type" in answer;
    response.writeHead(isFault ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer));
  });
  const url = await listenOnLoopback(server);
  return { url, objects, secrets, lines, close: () => closeServer(server) };
}

function readSecret(secrets: ReadonlyMap<string, string>, { SecretId }: Members): object {
  const SecretString = secrets.get(String(SecretId));
  return SecretString === undefined
    ? { __type: "ResourceNotFoundException", message: "Secrets Manager can't find the secret." }
    : { ARN: SecretId, Name: "trunk", SecretString };
}

function keepLines(lines: string[], { logEvents = [] }: Members): object {
  lines.push(...(logEvents as readonly { message: string }[]).map(({ message }) => message));
  return {};
}

/** S3's GetObject and HeadObject, whole or a part (RFC 9110 section 14). */
function sendObject(objects: ReadonlyMap<string, string>, request: IncomingMessage, response: ServerResponse): void {
  const path = objects.get(new URL(request.url ?? "", "http://s3.invalid").pathname.slice(1));
  if (path === undefined) return void response.writeHead(404).end();
  const { size } = statSync(path);
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const [start, end] = from === undefined ? [0, size - 1] : [Number(from), Math.min(Number(to || size), size - 1)];
  response.writeHead(from === undefined ? 200 : 206, {
    "content-length": end - start + 1,
    "content-range": `bytes ${start}-${end}/${size}`,
    "accept-ranges": "bytes",
    "last-modified": new Date(0).toUTCString(),
    etag: '"0"',
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(path, { start, end }).pipe(response);
}
