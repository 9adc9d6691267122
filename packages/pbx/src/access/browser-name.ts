/** The first that is found counts: most browsers also name those that they want to be taken for. */
const browsers = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/Chrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;

const systems = [
  [/\bAndroid\b/, "Android"],
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
] as const;

/** A browser in words of ours, `Chrome on Linux`, so that a list of them holds nothing that a browser has made up. */
export function browserName(userAgent: string | undefined): string {
  const text = (userAgent ?? "").slice(0, 512);
  const found = (names: typeof browsers | typeof systems): string | undefined =>
    names.find(([pattern]) => pattern.test(text))?.[1];
  const [browser, system] = [found(browsers) ?? "A browser", found(systems)];
  return system === undefined ? browser : `${browser} on ${system}`;
}
