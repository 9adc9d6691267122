import { Session } from "node:inspector/promises";

type Counted = {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
};

// V8 counts blocks only of functions that it compiles from now on: import this file before what is to be counted.
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/**
 * Counts the steps of some work: how often each block of our code ran, by V8's own count, and how many characters the
 * engine read for it in searches, splits and regular expressions. Unlike time it is the same on every machine.
 */
export async function stepsOf(work: () => unknown): Promise<number> {
  await blocksSoFar();
  const characters = countCharacters();
  await work();
  return characters.stop() + (await blocksSoFar());
}

/** How many blocks of our code ran since it was asked last. */
async function blocksSoFar(): Promise<number> {
  const { result } = (await session.post("Profiler.takePreciseCoverage")) as { result: readonly Counted[] };
  return result.filter(({ url }) => url.includes("/packages/")).reduce((sum, each) => sum + blocksIn(each), 0);
}

const blocksIn = ({ functions }: Counted): number =>
  functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);

type Method = (this: string, ...args: unknown[]) => unknown;

/** Methods that read all of their text. */
const whole = ["split", "trim", "toLowerCase", "toUpperCase", "isWellFormed", "normalize", "padEnd"] as const;
/** Methods that read up to what they find. */
const searching = ["indexOf", "lastIndexOf", "includes"] as const;

/** Counts the characters that texts and regular expressions are asked to read, until it is stopped. */
function countCharacters(): { stop(): number } {
  let count = 0;
  const texts = String.prototype as unknown as Record<string, Method>;
  const originals = new Map<string, Method>([...whole, ...searching].map((name) => [name, texts[name] as Method]));
  const exec = RegExp.prototype.exec;
  for (const [name, original] of originals) {
    texts[name] = function (this: string, ...args: unknown[]) {
      const found = original.apply(this, args);
      count += typeof found === "number" && found >= 0 ? Math.abs(found - Number(args[1] ?? 0)) : this.length;
      return found;
    };
  }
  RegExp.prototype.exec = function (this: RegExp, text: string) {
    const from = this.global || this.sticky ? this.lastIndex : 0;
    const found = exec.call(this, text);
    count += found !== null ? found.index + found[0].length - from : isAnchored(this) ? 1 : text.length - from;
    return found;
  };
  return {
    stop() {
      Object.assign(texts, Object.fromEntries(originals));
      RegExp.prototype.exec = exec;
      return count;
    },
  };
}

/** Whether it looks at one place alone. */
const isAnchored = ({ source, sticky, multiline }: RegExp): boolean => sticky || (source.startsWith("^") && !multiline);
