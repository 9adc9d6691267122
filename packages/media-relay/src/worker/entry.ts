/** Where a thread begins, relative to this file: TypeScript in a checkout, JavaScript in the package. */
export const entryOf = (path: string): URL => new URL(path + extension, import.meta.url);

const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));
