/** What CloudFormation's provider framework hands to a handler. Every value of the properties arrives as text. */
export type ResourceEvent<Properties> = {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  readonly OldResourceProperties?: Properties;
};

/** What a handler answers: what the resource is called from now on, and what others may read of it. */
export type ResourceAnswer = { readonly PhysicalResourceId: string; readonly Data?: Readonly<Record<string, string>> };

/** Whether what was begun is done. */
export type Completion = { readonly IsComplete: boolean; readonly Data?: Readonly<Record<string, string>> };
