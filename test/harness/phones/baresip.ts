import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathOf } from "../../../scripts/test/programs.ts";
import type { Sound } from "../audio/sound.ts";
import { formatWav, parseWav } from "../audio/wav.ts";
import { type Child, ended, startChild } from "../child.ts";
import { formatNetstring, takeNetstrings } from "./netstring.ts";
import type { Phone, PhoneOptions } from "./phone.ts";

const controlPort = 4444;

/** Its sound always comes from the address that the system chooses: one that registers does everything from there. */
const placeOf = ({ address, registers }: PhoneOptions): { readonly sip: string; readonly media: string } =>
  registers === undefined ? { sip: `${address}:5060`, media: address } : { sip: "127.0.0.1:0", media: "127.0.0.1" };

const certificateOf = ({ tls }: PhoneOptions, folder: string): string =>
  tls === undefined ? "" : `sip_certificate ${join(folder, "certificate.pem")}\n`;

const configOf = (options: PhoneOptions, folder: string): string => `
poll_method epoll
${certificateOf(options, folder)}sip_listen ${placeOf(options).sip}
net_interface ${placeOf(options).media}
audio_player nil,nil
audio_alert nil,nil
audio_source aufile,${join(folder, "says.wav")}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
rtp_ports 26000-29999
jitter_buffer_delay 5-20
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module uuid.so
module sndfile.so
module srtp.so
snd_path ${join(folder, "heard")}
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen ${options.address}:${controlPort}
`;

const accountOf = ({ name, address, encrypted = false, registers, tls }: PhoneOptions): string =>
  `<sip:${name}@${registers?.at ?? address}:${tls ? "5061;transport=tls" : "5060;transport=udp"}>;answermode=auto;audio_codecs=PCMU/8000/1` +
  (registers === undefined ? ";regint=0" : `;regint=60;auth_user=${name};auth_pass=${registers.password}`) +
  `;dtmfmode=rtpevent${encrypted ? ";mediaenc=srtp-mand" : ""}\n`;

function prepare(options: PhoneOptions): string {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-baresip-"));
  mkdirSync(join(folder, "heard"));
  writeFileSync(join(folder, "says.wav"), formatWav(options.says));
  writeFileSync(join(folder, "config"), configOf(options, folder));
  writeFileSync(join(folder, "accounts"), accountOf(options));
  writeFileSync(join(folder, "contacts"), "");
  if (options.tls !== undefined)
    writeFileSync(join(folder, "certificate.pem"), `${options.tls.certificate}${options.tls.key}`);
  return folder;
}

/** Connects to the control port, which the phone opens when it has read everything else and says nothing of. */
async function controlOf(address: string, child: Child): Promise<Socket> {
  for (;;) {
    const socket = connect({ host: address, port: controlPort });
    const opened = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    if (opened) return socket;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error("baresip has ended");
    await setTimeout(20);
  }
}

/** An event with a type, or the answer to a command, as people read it. */
type Told = { readonly type?: string; readonly param?: string; readonly data?: string };

/** baresip, driven over the port of its module ctrl_tcp. */
export class Baresip implements Phone {
  readonly name: string;
  readonly keys = "0123456789*#ABCD";
  readonly pressMs = 180;
  readonly heardKeys: string[] = [];
  readonly ready: Promise<void>;
  readonly #folder: string;
  readonly #child: Child;
  readonly #ended: Promise<number>;
  #control: Socket | undefined;
  #unread: Buffer = Buffer.alloc(0);
  readonly #registered = Promise.withResolvers<void>();

  constructor(options: PhoneOptions) {
    this.name = options.name;
    this.#folder = prepare(options);
    this.#child = startChild(pathOf("baresip"), ["-f", this.#folder], this.#folder);
    this.#child.stdout.resume();
    this.#child.stderr.resume();
    this.#ended = ended(this.#child);
    this.ready = this.#connect(options);
  }

  dial(uri: string): void {
    this.#tell("dial", uri);
  }
  press(key: string): void {
    this.#tell("sndcode", key);
  }
  hold(): void {
    this.#tell("hold");
  }
  resume(): void {
    this.#tell("resume");
  }
  transfer(uri: string): void {
    this.#tell("transfer", uri);
  }
  hangUp(): void {
    this.#tell("hangup");
  }

  async stop(): Promise<Sound> {
    this.#tell("quit");
    await this.#ended;
    const heard = join(this.#folder, "heard");
    const file = readdirSync(heard).find((name) => name.endsWith("-dec.wav"));
    if (file === undefined) throw new Error(`${this.name} has recorded nothing`);
    const sound = parseWav(readFileSync(join(heard, file)));
    this.abandon();
    return sound;
  }

  abandon(): void {
    this.#child.kill("SIGKILL");
    this.#control?.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** It registers before anybody can hear of it: so it is asked, again and again. */
  async #connect({ address, registers }: PhoneOptions): Promise<void> {
    this.#control = await controlOf(address, this.#child);
    this.#control.on("data", (bytes: Buffer) => this.#read(bytes)).on("error", () => {});
    if (registers === undefined) return;
    const asking = setInterval(() => this.#tell("reginfo"), 100);
    await this.#registered.promise.finally(() => clearInterval(asking));
  }

  #tell(command: string, params = ""): void {
    this.#control?.write(formatNetstring(JSON.stringify({ command, params, token: "" })));
  }

  #read(bytes: Buffer): void {
    const { texts, rest } = takeNetstrings(Buffer.concat([this.#unread, bytes]));
    this.#unread = rest;
    for (const text of texts) {
      const { type, param, data } = JSON.parse(text) as Told;
      if (data?.includes("OK") === true && data.includes("Expires")) this.#registered.resolve();
      if (type === "REGISTER_FAIL") this.#registered.reject(new Error(`${this.name} cannot register: ${param}`));
      if (type === "CALL_DTMF_START" && param !== undefined) this.heardKeys.push(param);
    }
  }
}
