import type { Page } from "playwright-core";
import { keepSecret } from "./secrets.ts";
import type { Server } from "./server.ts";

/** A link that signs a user in once, at an address of the server's: by default its own. */
export async function linkFor(server: Server, user: string, at = server.url): Promise<string> {
  const { status, stdout, stderr } = await server.command("invite", user, "--json");
  if (status !== 0) throw new Error(`invite ended with ${status}: ${stderr}`);
  const token = keepSecret(new URL((JSON.parse(stdout) as { url: string }).url).hash.slice("#join=".length));
  return `${at}/#join=${token}`;
}

/** Signs a user in without a browser. @returns the Cookie header of the session */
export async function cookieFor(server: Server, user: string, at = server.url): Promise<string> {
  const token = (await linkFor(server, user)).split("#join=")[1];
  const headers = { origin: at, "content-type": "application/json" };
  const response = await fetch(`${server.url}/api/join`, { method: "POST", headers, body: JSON.stringify({ token }) });
  const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";", 1);
  if (response.status !== 200 || cookie === "") throw new Error(`joining was answered with ${response.status}`);
  keepSecret(cookie.split("=")[1] ?? "");
  return cookie;
}

/** Signs the browser of a page in by a link, as a person does, and leaves the page on the phone. */
export async function signIn(page: Page, server: Server, user: string): Promise<void> {
  await page.goto(await linkFor(server, user));
  await page.getByTestId("join-button").click();
  await page.getByTestId("later-button").or(page.getByTestId("online-button")).waitFor();
  if (await page.getByTestId("later-button").isVisible()) await page.getByTestId("later-button").click();
  await page.getByTestId("online-button").or(page.getByTestId("call-button")).waitFor();
  for (const { value } of await page.context().cookies()) keepSecret(value);
}
