import type { Settings } from "../settings/settings.ts";
import { type Cost, monthlyCosts } from "./costs.ts";
import { connectorKinds, hostKind, type Kind, mainKinds, numberKind, smallKindOf, volumeKind } from "./kinds.ts";
import { numberWords } from "./number-words.ts";
import { resourcesOf, type Template } from "./template.ts";
import { columns, counted, dollars, indented } from "./words.ts";

/** What is made, what of it would stay, and what it costs, as text. */
export const planText = (template: Template, settings: Settings): string =>
  [
    `This is what Trunkline is made of, in ${settings.region}:`,
    indented(madeOf(template, settings)),
    "",
    "When it is removed again, these stay, and cost what they cost:",
    indented(stayingOf(template, settings)),
    "",
    "What it costs a month, in US dollars, while nobody calls:",
    costTable(monthlyCosts(template, settings)),
    "Calls are billed by the minute besides. These are prices of us-east-1, as AWS's lists had them late in 2026, without",
    "what is free for a new account, and without taxes: check them before you rely on them.",
  ].join("\n");

const madeOf = (template: Template, settings: Settings): readonly string[] => [
  ...kindsOf(template, connectorKinds),
  ...numbersOf(template, settings),
  ...hostsOf(template, settings),
  ...volumesOf(template),
  ...kindsOf(template, mainKinds),
  ...tailOf(template),
];

const kindsOf = (template: Template, kinds: Readonly<Record<string, Kind>>): readonly string[] =>
  Object.entries(kinds).flatMap(([type, kind]) => {
    const { length } = resourcesOf(template, type);
    return length === 0 ? [] : [counted(length, kind)];
  });

const numbersOf = (template: Template, settings: Settings): readonly string[] =>
  resourcesOf(template, numberKind).map(() => `1 phone number, ${numberWords(settings)}`);

function hostsOf(template: Template, { instanceType }: Settings): readonly string[] {
  const { length } = resourcesOf(template, hostKind);
  return length === 0 ? [] : [`${counted(length, ["host", "hosts"])}, ${instanceType}, arm64`];
}

const volumesOf = (template: Template): readonly string[] =>
  resourcesOf(template, volumeKind).map(({ Properties }) => `1 volume of ${Properties?.Size} GiB, for the database`);

const told = new Set([...Object.keys({ ...connectorKinds, ...mainKinds }), hostKind, numberKind, volumeKind]);

function tailOf({ Resources }: Template): readonly string[] {
  const small = Object.values(Resources).filter(({ Type }) => !told.has(Type) && !Type.startsWith("AWS::CDK::"));
  if (small.length === 0) return [];
  return [
    `and ${counted(small.length, ["smaller thing", "smaller things"])}: ${commonest(small.map(({ Type }) => smallKindOf(Type)))}`,
  ];
}

const mostNamed = 3;

/** The commonest of some names, the commonest first. */
function commonest(names: readonly string[]): string {
  const counts = Map.groupBy(names, (name) => name);
  const sorted = [...counts].sort(([, one], [, other]) => other.length - one.length).map(([name]) => name);
  return [...sorted.slice(0, mostNamed), ...(sorted.length > mostNamed ? ["and so on"] : [])].join(", ");
}

const isKept = ({ DeletionPolicy = "Delete" }): boolean => DeletionPolicy !== "Delete";

function stayingOf(template: Template, { keepNumber, number }: Settings): readonly string[] {
  const volumes = resourcesOf(template, volumeKind).filter(isKept);
  const others = Object.values(template.Resources).filter((one) => isKept(one) && one.Type !== volumeKind);
  return [
    ...(keepNumber || number !== undefined ? ["the phone number (keepNumber=false gives an ordered one back)"] : []),
    ...volumes.map(() => "the volume with the database"),
    ...[...new Set(others.map(({ Type }) => Type))].map((type) => `the ${mainKinds[type]?.[0] ?? type}`),
    "the Voice Connector's own logs, which AWS keeps for it",
  ];
}

function costTable(costs: readonly Cost[]): string {
  const sum = costs.reduce((total, { usd = 0 }) => total + usd, 0);
  const isWhole = costs.every(({ usd }) => usd !== undefined);
  const priced = costs.map(({ what, usd }) => [what, usd === undefined ? "not estimated" : dollars(usd).padStart(6)]);
  const total = [isWhole ? "together" : "together, without what is not estimated", dollars(sum).padStart(6)];
  return columns([...priced, total] as [string, string][]);
}
