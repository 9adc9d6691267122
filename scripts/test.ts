import { buildBundle } from "./build/bundle.ts";
import { buildPage } from "./build/page.ts";
import { providePrograms } from "./test/provide.ts";
import { runProjects } from "./test/run.ts";

/** `node scripts/test.ts [unit] [VITEST ARGUMENT...]`: `unit` needs npm's packages alone; without it, every test. */
async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "unit") return runProjects(["unit"], args.slice(1));
  const lacking = providePrograms();
  if (lacking !== undefined) {
    console.error(lacking);
    return 1;
  }
  await buildPage();
  await buildBundle();
  return runProjects(["unit", "signalling", "calls", "pages", "e2e", "bundle"], args);
}

process.exitCode = await main(process.argv.slice(2));
