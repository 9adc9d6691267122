import { wishOf } from "../../settings/settings.ts";
import type { Check } from "./check.ts";

/** Whether the phone would lose the number that it has: settings are said anew each time, and one may be forgotten. */
export const numberChange: Check = {
  what: "whether the number stays",
  find: async ({ outputs, command }) => {
    const { NumberWish: before, PhoneNumber: number = "its number", NumberIsKept: isKept } = outputs;
    const wish = wishOf(command.settings);
    if (before === undefined || before === wish || number === wish || command.mayChangeNumber) return [];
    const loss = isKept === "false" ? "would be given back to AWS, for good" : "would stay in your account, unused";
    return [
      `The phone has ${number}, which was wished for as ${before}. With these settings it would get another one (${wish}), and
${number} ${loss}. If that is meant, say --change-number; else say ${before} again.`,
    ];
  },
};
