import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorsPage, errorsPath, readFamilies } from "./check/errors-doc.ts";
import { laddersPath, withLadders } from "./check/ladders-doc.ts";
import { metricsPage, metricsPath } from "./check/metrics-doc.ts";
import { readRfcMap, rfcMapPage, rfcMapPath } from "./check/rfc-map.ts";
import { tablePages, withTables } from "./check/tables-doc.ts";
import { root } from "./command.ts";

/** `node scripts/docs.ts`: writes what the documents take from the code. */
writeFileSync(join(root, errorsPath), errorsPage(await readFamilies(root)));
writeFileSync(join(root, metricsPath), await metricsPage(root));
for (const path of tablePages.map((page) => join(root, page))) {
  writeFileSync(path, await withTables(readFileSync(path, "utf8"), root));
}
const ladders = join(root, laddersPath);
writeFileSync(ladders, await withLadders(readFileSync(ladders, "utf8")));
writeFileSync(join(root, rfcMapPath), rfcMapPage(readRfcMap(root)));
