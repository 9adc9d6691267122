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

const configOf = (address: string, folder: string): string => `
poll_method epoll
sip_listen ${address}:5060
net_interface ${address}
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
ctrl_tcp_listen ${address}:${controlPort}
`;

const accountOf = ({ name, address, encrypted = false }: PhoneOptions): string =>
  `<sip:${name}@${address}:5060;transport=udp>;regint=0;answermode=auto;audio_codecs=PCMU/8000/1` +
  `;dtmfmode=rtpevent${encrypted ? ";mediaenc=srtp-mand" : ""}\n`;

function prepare(options: PhoneOptions): string {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-baresip-"));
  mkdirSync(join(folder, "heard"));
  writeFileSync(join(folder, "says.wav"), formatWav(options.says));
  writeFileSync(join(folder, "config"), configOf(options.address, folder));
  writeFileSync(join(folder, "accounts"), accountOf(options));
  writeFileSync(join(folder, "contacts"), "");
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

/** An event; answers to commands have neither. */
type Told = { readonly type?: string; readonly param?: string };

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

  constructor(options: PhoneOptions) {
    this.name = options.name;
    this.#folder = prepare(options);
    this.#child = startChild(pathOf("baresip"), ["-f", this.#folder], this.#folder);
    this.#child.stdout.resume();
    this.#child.stderr.resume();
    this.#ended = ended(this.#child);
    this.ready = this.#connect(options.address);
  }

  dial(uri: string): void {
    this.#tell("dial", uri);
  }
  press(key: string): void {
    this.#tell("sndcode", key);
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

  async #connect(address: string): Promise<void> {
    this.#control = await controlOf(address, this.#child);
    this.#control.on("data", (bytes: Buffer) => this.#read(bytes)).on("error", () => {});
  }

  #tell(command: string, params = ""): void {
    this.#control?.write(formatNetstring(JSON.stringify({ command, params, token: "" })));
  }

  #read(bytes: Buffer): void {
    const { texts, rest } = takeNetstrings(Buffer.concat([this.#unread, bytes]));
    this.#unread = rest;
    for (const text of texts) {
      const { type, param } = JSON.parse(text) as Told;
      if (type === "CALL_DTMF_START" && param !== undefined) this.heardKeys.push(param);
    }
  }
}
