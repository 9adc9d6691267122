import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A CloudFormation template, as far as it is read here. */
export type Template = { readonly Resources: Readonly<Record<string, TemplateResource>> };

export type TemplateResource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
};

/** The template in the folder that the cdk command has written. */
export const readTemplate = (out: string): Template =>
  JSON.parse(readFileSync(join(out, "Trunkline.template.json"), "utf8")) as Template;

export const resourcesOf = ({ Resources }: Template, ...types: readonly string[]): readonly TemplateResource[] =>
  Object.values(Resources).filter(({ Type }) => types.includes(Type));
