import { globSync } from "node:fs";
import { root, show } from "./command.ts";

const patterns = ["packages/*/bench/*.bench.ts", "test/bench/*.bench.ts"];

/** `node scripts/bench.ts [WORD...]`: runs every benchmark, or those whose path contains one of the words, one after the other. */
function main(words: readonly string[]): number {
  const files = globSync(patterns, { cwd: root }).sort();
  const chosen = files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const failed = chosen.filter((file) => {
    console.log(`\n== ${file}`);
    return show(process.execPath, [file]) !== 0;
  });
  if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
