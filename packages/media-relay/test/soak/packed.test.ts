import { execFile } from "node:child_process";
import { cpSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { systemDatagrams } from "../../src/index.ts";
import { RtpPeer } from "../../src/testing/index.ts";
import { frames } from "../memory-relay.ts";
import { running } from "../running.ts";
import { talkAtOnce } from "../talking.ts";
import { WeriftBrowser } from "../werift-browser.ts";

const home = join(import.meta.dirname, "../..");
const compiler = join(home, "../../node_modules/.bin/tsc");
const network = `${process.env.TRUNKLINE_TEST_NETWORK ?? "127.0.0"}.1`;
const run = promisify(execFile);

/** An empty folder in which the packed package is installed, with its examples. */
async function installed(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-packed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  await run("npx", ["-y", "pnpm@10", "pack", "--pack-destination", folder], { cwd: home });
  const [tarball = "no tarball"] = globSync("*.tgz", { cwd: folder });
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], { cwd: folder });
  cpSync(join(folder, "node_modules/@trunkline/media-relay/examples"), folder, { recursive: true });
  return folder;
}

/** Node's types come from the workspace: the package itself asks for none. */
async function checkTypes(folder: string): Promise<void> {
  const types = ["--types", "node", "--typeRoots", join(home, "../../node_modules/@types")];
  const strict = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2024"];
  await run(compiler, [...strict, ...types, ...globSync("*.ts", { cwd: folder })], { cwd: folder });
}

/** A peer, and its address as the examples take it. */
async function peerNamed(): Promise<readonly [RtpPeer, string]> {
  const peer = await RtpPeer.bind(systemDatagrams, network);
  onTestFinished(() => peer.close());
  return [peer, `${network}:${peer.remote().rtpPort}`];
}

/** Aims a peer at the port that an example says is for it. */
function aim(peer: RtpPeer, said = ""): void {
  const rtpPort = Number(/ is to send to \S+:(\d+)$/.exec(said)?.[1]);
  peer.aim({ address: network, rtpPort, rtcpPort: rtpPort + 1 });
}

async function joinTwoPorts(folder: string): Promise<void> {
  const [[alice, nameOfAlice], [bob, nameOfBob]] = [await peerNamed(), await peerNamed()];
  const program = running("join-two-rtp-ports.ts", [network, nameOfAlice, nameOfBob], folder);
  for (const peer of [alice, bob]) aim(peer, await program.line());
  const said = frames(20);
  await talkAtOnce(alice, bob, said);
  expect(alice.heard).toEqual(said);
  expect(bob.heard).toEqual(said);
  expect(await program.stop()).toBe(0);
}

async function browserToPort(folder: string): Promise<void> {
  const [peer, name] = await peerNamed();
  const program = running("browser-to-rtp.ts", [name, network, "0"], folder);
  const url = (await program.line())!.replace("ready at ", "");
  expect(await (await fetch(url)).text()).toContain("RTCPeerConnection");
  const post = (body: string): Promise<Response> => fetch(url, { method: "POST", body });
  expect((await post("v=0")).status).toBe(400);
  expect((await post("v=0".padEnd(20_000))).status).toBe(413);
  const browser = new WeriftBrowser();
  const answer = await post(await browser.offer());
  aim(peer, await program.line());
  await browser.accept(await answer.text());
  await Promise.all([browser.connected(), program.line()]);
  const said = frames(20);
  await talkAtOnce(browser, peer, said);
  expect(peer.heard).toEqual(said);
  expect(browser.heard.map(({ payload }) => payload)).toEqual(said);
  await browser.close();
  expect(await program.stop()).toBe(0);
}

test("the packed package works in an empty folder: its types, two RTP ports joined, a browser and an RTP port", async () => {
  const folder = await installed();
  await checkTypes(folder);
  await joinTwoPorts(folder);
  await browserToPort(folder);
}, 120_000);
