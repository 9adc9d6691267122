import type { Dice } from "./dice.ts";

/** A message before it is written: its fields in order, values in the usual spelling. */
export type Draft = {
  readonly start: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly type: string;
  readonly body: string;
};

const compactForms: Readonly<Record<string, string>> = {
  "Call-ID": "i",
  From: "f",
  To: "t",
  Via: "v",
  Contact: "m",
  Supported: "k",
  Subject: "s",
  "Content-Type": "c",
  "Content-Length": "l",
  "Session-Expires": "x",
  "Refer-To": "r",
  Event: "o",
};

/** Fields whose values are a list that may be written in one field or in several, RFC 3261 section 7.3.1. */
const lists = new Set(["Via", "Record-Route", "Supported", "Allow", "Accept", "P-Asserted-Identity"]);

/** Writes a message in one of the ways that RFC 3261 sections 7.3 and 25.1 allow. */
export function write(draft: Draft, dice: Dice): string {
  const length = String(Buffer.byteLength(draft.body));
  const fields = [
    ...ordered(draft.fields, dice),
    ...(draft.body === "" ? [] : [["Content-Type", draft.type] as const]),
    // Over UDP a message may leave it out: the body is then all that follows, RFC 3261 section 18.3.
    ...(dice.chance(0.15) ? [] : [["Content-Length", dice.chance(0.1) ? `00${length}` : length] as const]),
  ];
  const lines = fields.map(([name, value]) => `${fieldName(name, dice)}${colon(dice)}${spaced(name, value, dice)}`);
  return `${dice.chance(0.05) ? "\r\n\r\n" : ""}${[draft.start, ...lines, "", draft.body].join("\r\n")}`;
}

/** Fields in any order, those of one name in their own, neighbours of a list sometimes joined. */
function ordered(fields: Draft["fields"], dice: Dice): Draft["fields"] {
  const names = [...new Set(fields.map(([name]) => name))];
  return (dice.chance(0.5) ? dice.shuffled(names) : names).flatMap((name) => {
    const values = fields.filter(([other]) => other === name).map(([, value]) => value);
    return lists.has(name) && dice.chance(0.3)
      ? [[name, values.join(dice.pick([",", ", ", " ,\r\n "]))] as const]
      : values.map((value) => [name, value] as const);
  });
}

function fieldName(name: string, dice: Dice): string {
  const compact = compactForms[name];
  if (compact !== undefined && dice.chance(0.2)) return dice.pick([compact, compact.toUpperCase()]);
  return dice.chance(0.15) ? dice.pick([name.toLowerCase(), name.toUpperCase()]) : name;
}

const colon = (dice: Dice): string =>
  dice.chance(0.8) ? ": " : dice.pick([":", " : ", "\t:\t", ":   ", ":\r\n ", " :\r\n\t"]);

/** Blanks where the grammar has SWS, outside of quotes and brackets. */
function spaced(name: string, value: string, dice: Dice): string {
  if (dice.chance(0.8)) return value + dice.pick(["", "", "", " ", "\t"]);
  if (name === "CSeq") return value.replace(" ", dice.pick(["  ", "\t", "\r\n "]));
  if (name === "Via") return value.replaceAll(";", dice.pick([" ; ", "; ", " ;", "\r\n ;"]));
  const parameters = value.lastIndexOf(">") + 1;
  if (parameters === 0) return value;
  return value.slice(0, parameters) + value.slice(parameters).replaceAll(";", dice.pick([" ; ", "; ", "\r\n ;"]));
}
