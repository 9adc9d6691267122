import { expect, test, vi } from "vitest";
import { lastRecord } from "../peers/counters.ts";
import { bareHouse, earOf, hearEachOther, holdHz, labHz, outside, outsideHz, tonesOf } from "./bare-house.ts";
import { fromNow, hears, hearsNoMore, voice } from "./hears.ts";

const house = bareHouse();

test.each(["jssip", "sipjs"] as const)(
  "%s holds and resumes: the network hears the tones meanwhile",
  async (library) => {
    const { page, far } = await house.calling(library);
    await hearEachOther(page, far);
    const meanwhile = await fromNow(earOf(far));
    await page.hold();
    await hearsNoMore(earOf(far), [voice.hz], 2000);
    await vi.waitFor(async () => expect(await tonesOf(meanwhile, holdHz)).toBeGreaterThan(1), 10_000);
    await page.resume();
    await hearEachOther(page, far);
    await page.hangUp();
    await far.over;
  },
);

test.each(["jssip", "sipjs"] as const)(
  "%s presses keys by INFO, and the network gets them as presses",
  async (library) => {
    const { page, far } = await house.calling(library);
    for (const key of ["5", "#"]) expect(await page.press(key)).toBe(200);
    expect((await far.sound.pressed(2)).map(({ key }) => key)).toEqual(["5", "#"]);
    await page.hangUp();
    await far.over;
  },
);

test.each(["jssip", "sipjs"] as const)(
  "%s transfers a call from the network to a colleague, and is told how it went",
  async (library) => {
    const { page, far } = await house.calling(library);
    const arrives = house.colleague.nextCall();
    await page.hold();
    const transferred = page.transfer("102");
    const taken = await arrives;
    taken.answer();
    expect(await transferred).toBe(200);
    await hears(await fromNow(earOf(far)), [labHz], 1000);
    await hears(await fromNow(earOf(taken)), [outsideHz], 1000);
    expect(await page.ended()).toBe("The call was transferred.");
    far.hangUp();
    await taken.over;
  },
);

test.each(["jssip", "sipjs"] as const)(
  "%s is loaded anew in the middle of a call and takes it over: the network hears one stream",
  async (library) => {
    const { page, far } = await house.calling(library);
    await hearEachOther(page, far);
    const dialog = await page.dialog();
    await page.reload();
    await page.call(outside, dialog);
    await hearEachOther(page, far);
    expect(far.sound.ssrcs.size).toBe(1);
    await page.hangUp();
    await far.over;
    expect(await lastRecord(house.running)).toMatchObject({
      ending: { code: "hung-up" },
      changes: [{ kind: "takeover", by: "a" }],
    });
  },
);
