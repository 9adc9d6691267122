import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fateOf } from "./peer.ts";
import { type Expected, faultOf } from "./verdict.ts";

type Entry = Expected & { readonly file: string; readonly section: string; readonly note: string };

const folder = process.env.TRUNKLINE_RFC_FIXTURES;

function entriesOf(rfc: string): readonly Entry[] {
  const index = join(folder ?? "", rfc, "expected.json");
  return folder === undefined || !existsSync(index) ? [] : JSON.parse(readFileSync(index, "utf8"));
}

describe.each(["4475", "5118"])("the messages of RFC %s", (rfc) => {
  const entries = entriesOf(`rfc${rfc}`);

  if (folder === undefined) test.skip("are skipped: TRUNKLINE_RFC_FIXTURES names no folder that has them", () => {});
  else test("are there", () => expect(entries.length, `no messages in ${folder}`).toBeGreaterThan(10));

  test.each(entries.map((entry) => [entry.file, entry.section, entry] as const))(
    "%s, section %s",
    async (file, _, entry) => {
      const fate = await fateOf(readFileSync(join(folder ?? "", `rfc${rfc}`, file)));
      expect(faultOf(entry, fate), entry.note).toBeUndefined();
    },
  );
});
