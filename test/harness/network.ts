/**
 * A loopback network that no other test file uses at the same time.
 * The second byte comes from the run and its runner's number, the third from the file's name: neither two runners of a
 * run nor, as good as always, two runs on one machine meet.
 * @returns the first three bytes, e.g. `127.21.77`; every address below it can be bound on Linux.
 */
export function networkOf(run: number, runner: number, file: string): string {
  let hash = 0;
  for (const letter of file) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return `127.${20 + ((run + runner) % 200)}.${1 + (hash % 250)}`;
}

/** The network of the test file that asks; the setup file has put it into the environment. */
export function testNetwork(): string {
  const network = process.env.TRUNKLINE_TEST_NETWORK;
  if (network === undefined) throw new Error("no test network: run through the root's vitest.config.ts");
  return network;
}
