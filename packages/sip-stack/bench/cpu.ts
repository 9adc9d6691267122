/** CPU microseconds that one run of each task takes, measured in turns so that a busy machine disturbs them alike. */
export function cpuMicroseconds<Name extends string>(
  tasks: Readonly<Record<Name, { readonly run: () => unknown; readonly times: number }>>,
  rounds = 15,
): Record<Name, number> {
  const names = Object.keys(tasks) as Name[];
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (const name of names) spend(tasks[name]);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) figures.get(name)?.push(spend(tasks[name]));
  }
  return Object.fromEntries(names.map((name) => [name, median(figures.get(name) ?? [])])) as Record<Name, number>;
}

function spend({ run, times }: { readonly run: () => unknown; readonly times: number }): number {
  const before = process.cpuUsage();
  for (let count = 0; count < times; count++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
