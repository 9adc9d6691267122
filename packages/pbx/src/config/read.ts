import { readFileSync } from "node:fs";
import { LineCounter, parseDocument, type YAMLError } from "yaml";
import type { z } from "zod";
import { messageOf, PbxError } from "../kernel/errors.ts";
import { type Config, configOf } from "./config.ts";
import { crossFaults, type Fault } from "./cross-faults.ts";
import { type ConfigFile, schema } from "./schema.ts";

const maxFileBytes = 1_048_576;

/** What a file's text turned out to be: a configuration, or every fault at once, each as `FILE:LINE: KEY: WHY`. */
export type ReadConfig = { readonly config: Config } | { readonly faults: readonly string[] };

/** Reads the text of a configuration file; `file` only names it in the faults. */
export function readConfig(text: string, file: string): ReadConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, maxAliasCount: 0 } as object);
  if (document.errors.length > 0) return { faults: document.errors.map((error) => yamlFault(error, file, lines)) };
  const checked = checkKeys(document.toJS({ maxAliasCount: 0 }));
  if ("config" in checked) return checked;
  const placed = checked.faults.map((fault) => ({ ...fault, line: lineOf(document, fault.path, lines) }));
  placed.sort((one, other) => one.line - other.line);
  return { faults: placed.map(({ line, path, why }) => `${file}:${line}: ${keyOf(path)}: ${why}`) };
}

/** Reads a configuration file. @throws PbxError CONFIG_UNREADABLE when there is no such file to read. */
export function readConfigFile(path: string): ReadConfig {
  return readConfig(readText(path), path);
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length <= maxFileBytes) return bytes.toString("utf8");
  } catch (error) {
    throw new PbxError("CONFIG_UNREADABLE", `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  throw new PbxError(
    "CONFIG_UNREADABLE",
    `${path} is larger than ${maxFileBytes} bytes, so it is not a configuration file`,
  );
}

function checkKeys(value: unknown): { readonly config: Config } | { readonly faults: readonly Fault[] } {
  // Without its input a key of a wrong type could not be told from one that is missing.
  const parsed = schema.safeParse(value ?? {}, { reportInput: true });
  if (!parsed.success)
    return { faults: [...parsed.error.issues.flatMap(faultsOf), ...crossFaults(soundSections(value))] };
  const faults = crossFaults(parsed.data);
  return faults.length > 0 ? { faults } : { config: configOf(parsed.data) };
}

/** The sections that have no fault of their own, so that what holds between them can be told beside the others' faults. */
function soundSections(value: unknown): Partial<ConfigFile> {
  const sections = Object.entries(schema.shape).flatMap(([key, section]) => {
    const parsed = section.safeParse((value as Record<string, unknown> | null)?.[key]);
    return parsed.success ? [[key, parsed.data]] : [];
  });
  return Object.fromEntries(sections);
}

function faultsOf(issue: z.core.$ZodIssue): readonly Fault[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...issue.path, key], why: "is not a key of this file" }));
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path: issue.path, why: message }));
  if (issue.code === "invalid_type" && issue.input === undefined) return [{ path: issue.path, why: "is missing" }];
  return [{ path: issue.path, why: wordsOf(issue) }];
}

/** The kinds of values as people call them, for keys that say nothing themselves of what they want. */
const kinds = new Map<string, string>(
  Object.entries({
    string: "text",
    array: "a list",
    record: "keys with values",
    object: "keys with values",
  }),
);

function wordsOf(issue: z.core.$ZodIssue): string {
  const isPlain = issue.code === "invalid_type" && issue.message.startsWith("Invalid input");
  const kind = isPlain ? kinds.get(issue.expected) : undefined;
  return kind === undefined ? lowerFirst(issue.message) : `must be ${kind}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const keyOf = (path: readonly PropertyKey[]): string => (path.length === 0 ? "(the file)" : path.join("."));

const yamlFault = (error: YAMLError, file: string, lines: LineCounter): string =>
  `${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split(/ at line \d+|\n/)[0]}`;

/** The line of a key, or of the nearest key around it when it is missing. */
function lineOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const node = pairLine(document, path.slice(0, length)) ?? undefined;
    if (node !== undefined) return lines.linePos(node).line;
  }
  return 1;
}

function pairLine(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = String(path.at(-1));
  const items = (parent as { items?: readonly unknown[] } | null)?.items ?? [];
  for (const [index, item] of items.entries()) {
    const pair = item as { key?: { value?: unknown; range?: readonly number[] }; range?: readonly number[] };
    if (pair.key !== undefined && String(pair.key.value) === key) return pair.key.range?.[0];
    if (pair.key === undefined && String(index) === key) return pair.range?.[0];
  }
  return undefined;
}
