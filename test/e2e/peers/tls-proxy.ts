import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { testCertificate } from "@trunkline/sip-stack/testing";

/** What stands between browsers and a server that speaks no TLS itself. */
export type TlsProxy = {
  /** Where browsers reach it: `https://localhost:PORT`. */
  readonly url: string;
  /** By which Chromium knows its certificate as good. */
  readonly fingerprint: string;
  /** Passes everything on to a server from now on. */
  leadTo(url: string): void;
  close(): Promise<void>;
};

/** A proxy as people put one before the server: it ends TLS and says in X-Forwarded-For whose request it passes on. */
export async function tlsProxy(): Promise<TlsProxy> {
  const identity = testCertificate("localhost");
  const server = createServer({ cert: identity.certificate, key: identity.key });
  let target = new URL("http://127.0.0.1:1");
  const sockets = new Set<Duplex>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (asked, answer) => {
    const { method, url: path } = asked;
    const passed = request(
      { ...placeOf(target), method, path, headers: headersOf(asked), agent: false },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(answer);
      },
    );
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  server.on("upgrade", (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { host, port } = placeOf(target);
    const far = connect(port, host, () => {
      const lines = Object.entries(headersOf(asked)).map(([name, value]) => `${name}: ${value}`);
      far.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    for (const end of [far, socket]) end.on("error", () => [far, socket].map((one) => one.destroy()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { publicKey } = new X509Certificate(identity.certificate);
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    fingerprint: createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("base64"),
    leadTo: (url) => {
      target = new URL(url);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const placeOf = ({ hostname: host, port }: URL) => ({ host, port: Number(port) });

const headersOf = ({ headers, socket }: IncomingMessage) => ({
  ...headers,
  "x-forwarded-for": [headers["x-forwarded-for"], socket.remoteAddress].filter((one) => one !== undefined).join(", "),
});
