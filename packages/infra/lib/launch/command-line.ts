import { parseArgs } from "node:util";

/** What stands on a command line, and every fault of it. */
export type CommandLine = {
  readonly context: Readonly<Record<string, string>>;
  /** The flags that are there. */
  readonly flags: ReadonlySet<string>;
  /** The options with a value, other than the context. */
  readonly values: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
};

export type Allowed = { readonly flags: readonly string[]; readonly values?: readonly string[] };

/** Reads `-c key=value`, any number of times, and the options that are allowed besides; the later of two counts. */
export function readCommandLine(given: readonly string[], { flags, values = [] }: Allowed): CommandLine {
  // pnpm hands over a first `--` as it is.
  const args = given[0] === "--" ? given.slice(1) : given;
  const found = {
    context: {} as Record<string, string>,
    flags: new Set<string>(),
    values: {} as Record<string, string>,
  };
  const faults: string[] = [];
  for (const token of tokensOf(args, flags, values)) {
    if (token.kind === "positional") faults.push(`${token.value}: is not understood`);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (name === "context") faults.push(...takeContext(value, found.context));
    else if (flags.includes(name)) {
      if (value === undefined) found.flags.add(name);
      else faults.push(`${rawName}: takes no value`);
    } else if (!values.includes(name)) faults.push(`${rawName}: is no option`);
    else if (value === undefined) faults.push(`${rawName}: needs a value`);
    else found.values[name] = value;
  }
  return { ...found, faults };
}

function tokensOf(args: readonly string[], flags: readonly string[], values: readonly string[]) {
  const options = {
    context: { type: "string", short: "c" },
    ...Object.fromEntries(flags.map((name) => [name, { type: "boolean" } as const])),
    ...Object.fromEntries(values.map((name) => [name, { type: "string" } as const])),
  } as const;
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/** @returns what is wrong with it */
function takeContext(pair: string | undefined, context: Record<string, string>): readonly string[] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair ?? "") ?? [];
  if (key === undefined || value === undefined) return [`-c ${pair ?? ""}: must be key=value, such as areaCode=618`];
  context[key] = value;
  return [];
}
