import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Trunkline</title>
<h1>The phone's pages are not built</h1>
<p>The server runs, but it has no pages to show. Stop it and run <code>npx -y pnpm@10 start</code>, which builds them.</p>
</html>
`;

/**
 * Serves the built pages. Files below `assets/` carry a hash of their content in their name and are kept for ever,
 * everything else is asked for again each time.
 * @param folder where the pages are; without one, or without an index.html in it, `/` says in words what to do.
 */
export async function servePages(app: FastifyInstance, folder: string | undefined): Promise<void> {
  if (folder === undefined || !existsSync(join(folder, "index.html"))) {
    app.get("/", (_request, reply) =>
      reply.code(503).type("text/html").header("cache-control", "no-store").send(notBuilt),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    dotfiles: "ignore",
    setHeaders: (reply, path) => void reply.header("cache-control", keeping(relative(folder, path))),
  });
}

const keeping = (path: string): string =>
  path.startsWith(`assets${sep}`) ? "public, max-age=31536000, immutable" : "no-cache";
