import * as chime from "@aws-sdk/client-chime-sdk-voice";

/** The SDK's own description of an operation: Smithy's schemas, as it serialises by them. */
type Struct = readonly [3, string, string, unknown, readonly string[], readonly unknown[], number?];
type Operation = readonly [
  9,
  string,
  string,
  { readonly http: readonly [method: string, uri: string, status: number] },
  () => Struct,
  () => unknown,
];

/** One operation of the API: how it is called, and what its request must look like. */
export type ApiOperation = {
  readonly name: string;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly request: Struct;
};

const isOperation = (value: unknown): value is Operation => Array.isArray(value) && value[0] === 9;

/** Every operation that the SDK knows. */
export const operations: readonly ApiOperation[] = Object.values(chime as Record<string, unknown>)
  .filter(isOperation)
  .map(
    ([
      ,
      ,
      name,
      {
        http: [method, uri, status],
      },
      request,
    ]) => ({ name, method, uri, status, request: request() }),
  );

/** What is wrong with a request, by the SDK's schema: members that it does not know or lacks, values of another type. */
export function faultsOf({ request }: ApiOperation, given: Readonly<Record<string, unknown>>): readonly string[] {
  return structFaults(request, given, "");
}

function structFaults(struct: Struct, given: unknown, at: string): readonly string[] {
  if (typeof given !== "object" || given === null) return [`${at}: is no structure`];
  const [, , , , names, schemas, required = 0] = struct;
  const fields = given as Record<string, unknown>;
  const unknown = Object.keys(fields).filter((name) => !names.includes(name));
  const missing = names.slice(0, required).filter((name) => fields[name] === undefined);
  return [
    ...unknown.map((name) => `${at}${name}: is no member`),
    ...missing.map((name) => `${at}${name}: is missing`),
    ...names.flatMap((name, index) =>
      fields[name] === undefined ? [] : valueFaults(schemas[index], fields[name], `${at}${name}.`),
    ),
  ];
}

const kinds = { text: 0, number: 1, flag: 2, time: 4 } as const;
const listBit = 64;

/** A member's schema: a kind of value, a list of a kind, a reference to another schema, or one of these with traits. */
function valueFaults(schema: unknown, value: unknown, at: string): readonly string[] {
  if (typeof schema === "function") return valueFaults(schema(), value, at);
  if (typeof schema === "number") return kindFaults(schema, value, at);
  if (!Array.isArray(schema)) return [`${at}: its schema is not understood`];
  if (schema[0] === 3) return structFaults(schema as unknown as Struct, value, at);
  if (schema[0] === 1 && typeof schema[1] === "string") return listFaults(schema[4], value, at);
  if (schema[0] === 0 && typeof schema[1] === "string") return valueFaults(schema[4], value, at);
  return valueFaults(schema[0], value, at);
}

function kindFaults(kind: number, value: unknown, at: string): readonly string[] {
  if ((kind & listBit) !== 0) return listFaults(kind & ~listBit, value, at);
  const expected = kind === kinds.text || kind === kinds.time ? "string" : kind === kinds.number ? "number" : "boolean";
  return typeof value === expected ? [] : [`${at}: is ${typeof value}, not ${expected}`];
}

const listFaults = (item: unknown, value: unknown, at: string): readonly string[] =>
  Array.isArray(value)
    ? value.flatMap((one, index) => valueFaults(item, one, `${at}${index}.`))
    : [`${at}: is no list`];

/** The members of a request that travel in its query, by their names there. */
export function queryNames({
  request: [, , , , names, schemas],
}: ApiOperation): Readonly<Record<string, { readonly member: string; readonly isNumber: boolean }>> {
  const found = names.flatMap((member, index) => {
    const [kind, traits] = [schemas[index]].flat() as unknown as readonly [unknown, { readonly httpQuery?: string }?];
    return traits?.httpQuery === undefined
      ? []
      : [[traits.httpQuery, { member, isNumber: kind === kinds.number }] as const];
  });
  return Object.fromEntries(found);
}
