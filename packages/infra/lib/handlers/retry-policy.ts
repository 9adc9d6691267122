/** Waits for this many milliseconds. */
export type Sleep = (ms: number) => Promise<void>;

export const systemSleep: Sleep = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

/** Timeouts of an SDK client, in milliseconds. Without the last option the SDK only warns on a request timeout. */
export const waits = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;

/** HTTP options of a handler's client: it retries timeouts, well within the Lambda's own limit. */
export const retryingHttp = { requestHandler: waits, maxAttempts: 5 } as const;

/** Errors that Chime returns for resources it has just created. */
const passing = new Set(["NotFoundException", "ConflictException"]);

const attempts = 7;
const firstMs = 1000;

/** The name of an AWS error; empty for anything else. */
export const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : "");

/** Retries a task for about a minute while Chime does not know a resource yet or is still changing it. */
export async function retrying<T>(task: () => Promise<T>, sleep: Sleep): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (fault) {
      if (attempt === attempts || !passing.has(nameOf(fault))) throw fault;
      await sleep(firstMs * 2 ** (attempt - 1));
    }
  }
}

/** Polls for about a minute. @returns `undefined` when nothing was found */
export async function waitFor<T>(look: () => Promise<T | undefined>, sleep: Sleep): Promise<T | undefined> {
  for (let attempt = 1; attempt < attempts; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(firstMs * 2 ** (attempt - 1));
  }
  return look();
}

/** Runs a removal; a resource that no longer exists is no error. */
export async function unlessGone(task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (fault) {
    if (nameOf(fault) !== "NotFoundException") throw fault;
  }
}
