import type { Parts } from "./parts.ts";

/** Where it is to be, and which variable of the environment has said so. */
export type WantedRegion = { readonly region?: string; readonly variable?: string };

/** The region that the context names, else the one that the AWS command line would use; neither: the settings' default. */
export function wantedRegion(context: Readonly<Record<string, unknown>>, env: Parts["env"]): WantedRegion {
  if (context.region !== undefined) return { region: String(context.region) };
  const variable = ["AWS_REGION", "AWS_DEFAULT_REGION"].find((name) => (env[name] ?? "") !== "");
  return variable === undefined ? {} : { region: env[variable] as string, variable };
}

/** Tells whoever did not name a region where it comes from. */
export const originOf = ({ region, variable }: WantedRegion): readonly string[] =>
  variable === undefined ? [] : [`region: ${region} is what ${variable} says; -c region=... names another one`];
