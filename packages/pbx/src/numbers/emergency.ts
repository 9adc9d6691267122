/** Answered by emergency services nearly everywhere: mobile networks take both (3GPP TS 22.101 section 10.1.1). */
const everywhere = ["112", "911"];

/** National emergency numbers beside those, by country. Source: national numbering plans, ITU-T E.129 notifications. */
const national: Readonly<Record<string, readonly string[]>> = {
  AT: ["122", "133", "144"],
  AU: ["000", "106"],
  BE: ["100", "101"],
  BR: ["190", "192", "193"],
  CH: ["117", "118", "144"],
  CN: ["110", "119", "120", "122"],
  DE: ["110"],
  ES: ["061", "062", "080", "091"],
  FR: ["15", "17", "18", "114"],
  GB: ["999"],
  HK: ["999"],
  IE: ["999"],
  IN: ["100", "101", "102", "108"],
  IT: ["113", "115", "118"],
  JP: ["110", "118", "119"],
  KR: ["119"],
  MX: ["066", "060"],
  NZ: ["111"],
  SG: ["995", "999"],
  ZA: ["10111", "10177"],
};

/** Whether digits as they were typed call for help. @param country where the caller is taken to be, ISO 3166 two letters */
export const isEmergency = (digits: string, country: string): boolean =>
  everywhere.includes(digits) || national[country]?.includes(digits) === true;
