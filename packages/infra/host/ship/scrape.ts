import type { Clock } from "./clock.ts";
import { type Sample, samplesOf } from "./prometheus.ts";

/** The part of `fetch` that is used. */
export type Fetch = (url: string, options: { readonly signal: AbortSignal }) => Promise<Response>;

const url = "http://127.0.0.1:9090/metrics";
const answerWithinMs = 5000;
const mostBytes = 1024 * 1024;

/** A name without which an answer is not the server's. */
const always = "trunkline_calls";

/** Asks the server for its figures. @returns nothing when it does not answer, or with something else */
export async function scrape(fetch: Fetch, clock: Clock): Promise<readonly Sample[] | undefined> {
  const request = new AbortController();
  const cancel = clock.after(answerWithinMs, () => request.abort());
  const aborted = new Promise<undefined>((resolve) => {
    request.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    return await Promise.race([ask(fetch, request.signal), aborted]);
  } catch {
    return undefined;
  } finally {
    cancel();
    request.abort();
  }
}

async function ask(fetch: Fetch, signal: AbortSignal): Promise<readonly Sample[] | undefined> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) return undefined;
  const samples = samplesOf(await bounded(response.body));
  return samples.some(({ name }) => name === always) ? samples : undefined;
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > mostBytes) throw new Error("more than a server's figures");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
