import { globSync } from "node:fs";
import { root, show } from "./command.ts";

const patterns = ["packages/*/bench/*.bench.ts", "test/bench/*.bench.ts"];

/**
 * `node scripts/bench.ts [--quick] [WORD...]`: runs every benchmark, or those whose path contains one of the words, one after
 * the other. `--quick` shows in seconds that those of media work; their figures mean nothing then.
 */
function main(args: readonly string[]): number {
  const words = args.filter((arg) => arg !== "--quick");
  const env = args.includes("--quick") ? { TRUNKLINE_BENCH_QUICK: "yes" } : {};
  const files = globSync(patterns, { cwd: root }).sort();
  const chosen = files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const failed = chosen.filter((file) => {
    console.log(`\n== ${file}`);
    return show(process.execPath, [file], { env }) !== 0;
  });
  if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
