import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorsPage, errorsPath, readFamilies } from "./check/errors-doc.ts";
import { root } from "./command.ts";

writeFileSync(join(root, errorsPath), errorsPage(await readFamilies(root)));
