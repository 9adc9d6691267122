import { describe, expect, test } from "vitest";
import { parseCSeq } from "./cseq.ts";
import { headers } from "./headers.ts";
import { parseVia } from "./via.ts";

const some = headers([
  ["v", "SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2"],
  ["From", "<sip:a@b>"],
  ["VIA", "SIP/2.0/UDP c;branch=3"],
  ["Subject", "one, two"],
]);

describe("headers", () => {
  test("names are found without case and in compact form", () => {
    expect(some.get("Via")).toBe("SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2");
    expect(some.get("f")).toBe("<sip:a@b>");
    expect(some.has("s")).toBe(true);
    expect(some.has("To")).toBe(false);
  });

  test("lists are split over fields and commas, other headers are not", () => {
    expect(some.all("via").map((via) => via.at(-1))).toEqual(["1", "2", "3"]);
    expect(some.all("Subject")).toEqual(["one, two"]);
    expect(headers([["Supported", " , timer,, "]]).all("k")).toEqual(["timer"]);
  });

  test("iterating gives the fields as written and in order", () => {
    expect([...some].map(([name]) => name)).toEqual(["v", "From", "VIA", "Subject"]);
  });

  test("replacing keeps the first one's place and leaves the original as it was", () => {
    const replaced = some.with("Via", "new");
    expect([...replaced]).toEqual([
      ["Via", "new"],
      ["From", "<sip:a@b>"],
      ["Subject", "one, two"],
    ]);
    expect(some.all("Via")).toHaveLength(3);
  });

  test("the first value alone can be replaced, inside a comma list too", () => {
    expect(some.withFirst("Via", "top").all("Via")).toEqual([
      "top",
      "SIP/2.0/UDP b;branch=2",
      "SIP/2.0/UDP c;branch=3",
    ]);
    expect(headers().withFirst("Via", "top").all("Via")).toEqual(["top"]);
  });

  test("adding appends and removing removes every field of the name", () => {
    expect([...some.plus("X", "1")].at(-1)).toEqual(["X", "1"]);
    expect([...some.without("v")].map(([name]) => name)).toEqual(["From", "Subject"]);
  });

  test("a line break in a value cannot become a header", () => {
    expect([...headers([["X", "a\r\nEvil: 1"]]).plus("Y", "b\nc")]).toEqual([
      ["X", "a Evil: 1"],
      ["Y", "b c"],
    ]);
  });

  test("what a reader makes of a value is made once, for every message that shares the field", () => {
    let read = 0;
    const counting = (text: string) => {
      read += 1;
      return parseVia(text);
    };
    const vias = some.each("v", counting);
    expect(vias.map((via) => via.ok && via.value.host)).toEqual(["a", "b", "c"]);
    expect(some.plus("X", "1").first("Via", counting)).toBe(vias[0]);
    expect(read).toBe(3);
    expect(some.first("CSeq", parseCSeq)).toBeUndefined();
    expect(headers([["Via", ",,"]]).first("Via", parseVia)).toBeUndefined();
  });

  test("fields of one name can be had as they were written", () => {
    expect(some.written("via")).toEqual(["SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2", "SIP/2.0/UDP c;branch=3"]);
  });
});
