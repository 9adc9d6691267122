import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathOf } from "../../../scripts/test/programs.ts";
import type { Sound } from "../audio/sound.ts";
import { formatWav, parseWav } from "../audio/wav.ts";
import { ended, startToldChild, type ToldChild } from "../child.ts";
import type { Phone, PhoneOptions } from "./phone.ts";

const recording = "heard.wav";

/**
 * Anything that is not named, other codecs too, is on by default. Without mixer, concealment and adaptation of its jitter buffer
 * the recording is what came, packet after packet; with them it drops and inserts 10 ms by itself.
 */
const configOf = ({ name, address, encrypted = false }: PhoneOptions): string => `[sip]
sip_port=5060
sip_tcp_port=0
sip_tls_port=0
bind_address=${address}
guess_hostname=0
use_ipv6=0
ipv6_migration_done=1
contact="${name}" <sip:${name}@${address}:5060>
keepalive_period=0
use_rfc2833=1
use_info=0
register_only_when_network_is_up=0
auto_net_state_mon=0
media_encryption=${encrypted ? "srtp" : "none"}
[net]
firewall_policy=0
force_ice_disablement=1
[rtp]
bind_address=${address}
audio_rtp_port=20000
audio_jitt_comp=100
audio_adaptive_jitt_comp_enabled=0
jitter_buffer_refresh_period=60000
[sound]
echocancellation=0
features=REMOTE_PLAYING
[audio_codec_0]
mime=PCMU
rate=8000
channels=1
enabled=1
[video]
enabled=0
`;

/** Without a folder for its database it runs but opens no socket. */
function prepare(options: PhoneOptions): string {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-linphonec-"));
  mkdirSync(join(folder, ".local/share/linphone"), { recursive: true });
  writeFileSync(join(folder, "says.wav"), formatWav(options.says));
  writeFileSync(join(folder, "config"), configOf(options));
  return folder;
}

/** linphonec, driven by what is typed into it. A key that is pressed keeps it from reading on for a second. */
export class Linphonec implements Phone {
  readonly name: string;
  /** Of the letters it makes nothing. */
  readonly keys = "0123456789*#";
  readonly pressMs = 100;
  readonly heardKeys: string[] = [];
  readonly ready: Promise<void>;
  readonly #folder: string;
  readonly #child: ToldChild;
  readonly #ended: Promise<number>;

  constructor(options: PhoneOptions) {
    this.name = options.name;
    this.#folder = prepare(options);
    const env = { HOME: this.#folder, XDG_DATA_HOME: join(this.#folder, ".local/share") };
    const words = ["-a", "-c", join(this.#folder, "config")];
    this.#child = startToldChild(pathOf("linphonec"), words, this.#folder, env);
    this.#child.stderr.resume();
    this.#child.stdin.on("error", () => {});
    this.#ended = ended(this.#child);
    this.ready = this.#prepare(options);
  }

  dial(uri: string): void {
    this.#type(`call ${uri}`);
  }
  press(key: string): void {
    this.#type(key);
  }
  hold(): void {
    this.#type("pause");
  }
  resume(): void {
    this.#type("resume");
  }
  transfer(uri: string): void {
    this.#type(`transfer ${uri}`);
  }
  /** Connects the other sides of its first two calls. */
  connect(): void {
    this.#type("transfer 1 --to-call 2");
  }
  hangUp(): void {
    this.#type("terminate");
  }

  async stop(): Promise<Sound> {
    this.#type("quit");
    await this.#ended;
    const sound = parseWav(readFileSync(join(this.#folder, recording)));
    this.abandon();
    return sound;
  }

  abandon(): void {
    this.#child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Its sound is in files. It repeats each command when it has done those before, and tells of nothing by itself. */
  async #prepare({ name, registers }: PhoneOptions): Promise<void> {
    const lines = createInterface(this.#child.stdout);
    const next = (sign: string): Promise<void> =>
      new Promise((resolve, reject) => {
        lines.on("line", (line) => line.includes(sign) && resolve());
        void this.#ended.then(() => reject(new Error("linphonec has ended")), reject);
      });
    lines.on("line", (line) => {
      const [, key] = /Receiving tone (.) from/.exec(line) ?? [];
      if (key !== undefined) this.heardKeys.push(key);
    });
    const usesFiles = next(recording);
    this.#type("soundcard use files");
    this.#type(`play ${join(this.#folder, "says.wav")}`);
    this.#type(`record ${join(this.#folder, recording)}`);
    await usesFiles;
    if (registers === undefined) return;
    const registered = next("registered, identity=");
    this.#type(`register sip:${name}@${registers.at} sip:${registers.at}:5060 ${registers.password}`);
    const asking = setInterval(() => this.#type("status register"), 100);
    await registered.finally(() => clearInterval(asking));
  }

  #type(command: string): void {
    this.#child.stdin.write(`${command}\n`);
  }
}
