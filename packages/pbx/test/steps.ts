import { Session } from "node:inspector/promises";

type Coverage = { readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[] };

/**
 * Counts the steps of a call: how often each block of our code ran, by V8's own count. It is the same in every run and on
 * every machine, unlike time. Work inside the engine (a search in a text, a regular expression) is not counted: `check
 * regexes` sees to the latter.
 */
export async function stepsOf<T>(work: (input: T) => unknown, input: T): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  work(input);
  const { result } = (await session.post("Profiler.takePreciseCoverage")) as {
    result: readonly (Coverage & { url: string })[];
  };
  await session.post("Profiler.stopPreciseCoverage");
  session.disconnect();
  return result
    .filter(({ url }) => url.includes("/packages/"))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}
