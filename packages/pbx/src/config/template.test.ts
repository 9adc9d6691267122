import { expect, test } from "vitest";
import { readConfig } from "./read.ts";
import { schema } from "./schema.ts";
import { configTemplate } from "./template.ts";

test("the file that init writes is good as it is", () => {
  expect(readConfig(configTemplate, "trunkline.yaml")).not.toHaveProperty("faults");
});

/** Every key of a section that has keys of its own. */
function keysOf(type: unknown): readonly string[] {
  const { shape, def } = type as { shape?: Record<string, unknown>; def?: Record<string, unknown> };
  if (shape !== undefined) return Object.entries(shape).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
  const inner = def?.innerType ?? def?.in ?? def?.valueType ?? (def?.options as unknown[] | undefined)?.at(-1);
  return inner === undefined ? [] : keysOf(inner);
}

test("it names every key that there is", () => {
  const keys = keysOf(schema);
  expect(keys.length).toBeGreaterThan(50);
  expect(keys.filter((key) => !new RegExp(`\\b${key}:`).test(configTemplate))).toEqual([]);
});

test("what is commented out is what it says: with the marks taken away only the examples' own faults are left", () => {
  const whole = configTemplate.replaceAll(/^(\s*)# (?=[ a-zA-Z]+:|\s+[a-zA-Z]+:)/gm, "$1");
  const read = readConfig(whole, "t.yaml");
  const faults = "faults" in read ? read.faults : [];
  expect(faults.filter((fault) => fault.includes("unknown") || fault.includes("Unrecognized"))).toEqual([]);
});
