/** One number of Prometheus' text format. */
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const escapes = new Map<string, string>(Object.entries({ "\\n": "\n", '\\"': '"', "\\\\": "\\" }));

/** Reads Prometheus' text format; lines that are none of it are left out, as are values that are no numbers. */
export function samplesOf(text: string): readonly Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels, value] = sampleLine.exec(line) ?? [];
    const number = Number(value);
    return name === undefined || !Number.isFinite(number) ? [] : [{ name, labels: labelsOf(labels), value: number }];
  });
}

function labelsOf(text = ""): Readonly<Record<string, string>> {
  const found = [...text.matchAll(label)].map(([, name = "", value = ""]) => [
    name,
    value.replaceAll(/\\./g, (pair) => escapes.get(pair) ?? pair),
  ]);
  return Object.fromEntries(found);
}

/** What all samples of a name come to, those that `isMeant`; nothing where there is none. */
export function sumOf(
  samples: readonly Sample[],
  name: string,
  isMeant: (labels: Sample["labels"]) => boolean = () => true,
): number | undefined {
  const values = samples.filter((one) => one.name === name && isMeant(one.labels)).map(({ value }) => value);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
