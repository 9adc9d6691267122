/** Waits for so long. */
export type Sleep = (ms: number) => Promise<void>;

export const systemSleep: Sleep = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

/** How long an SDK's client waits for AWS. Without the last of these the SDK only warns when an answer does not come. */
export const waits = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;

/** How a handler's client asks: an answer that does not come is asked for again, well within Lambda's time. */
export const patientHttp = { requestHandler: waits, maxAttempts: 5 } as const;

/** What Chime answers about something that it has only just made. */
const passing = new Set(["NotFoundException", "ConflictException"]);

const attempts = 7;
const firstMs = 1000;

/** What a fault of AWS is called. */
export const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : "");

/** Asks again, for a minute or so, while Chime does not yet know what it has just made, or is still busy with it. */
export async function patiently<T>(task: () => Promise<T>, sleep: Sleep): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (fault) {
      if (attempt === attempts || !passing.has(nameOf(fault))) throw fault;
      await sleep(firstMs * 2 ** (attempt - 1));
    }
  }
}

/** Looks until there is something, for a minute or so. @returns `undefined` when there is nothing even then */
export async function waitFor<T>(look: () => Promise<T | undefined>, sleep: Sleep): Promise<T | undefined> {
  for (let attempt = 1; attempt < attempts; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(firstMs * 2 ** (attempt - 1));
  }
  return look();
}

/** Does it, unless it is done already: what is not there need not be taken away. */
export async function unlessGone(task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (fault) {
    if (nameOf(fault) !== "NotFoundException") throw fault;
  }
}
