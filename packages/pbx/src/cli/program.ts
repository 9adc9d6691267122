import { Command, InvalidArgumentError, Option } from "commander";
import { printableJson } from "./columns.ts";
import { CommandEnded } from "./exit.ts";
import { addQueries } from "./queries.ts";
import { systemTerminal, type Terminal } from "./terminal.ts";

/** What the composition root does for the commands that are a server, or read its configuration. */
export type ServerCommands = {
  /** @param options.socket where the admin socket goes when the person said so; else the configuration says. */
  run(configPath: string, options: { readonly socket?: string }): Promise<void>;
  loopback(options: LoopbackCommand): Promise<void>;
  /** Writes a configuration to begin with. @throws PbxError CONFIG_EXISTS when there is a file already */
  init(path: string): Promise<void>;
  /** @returns every fault of the file, with its line; none: the file is good. */
  check(configPath: string): Promise<readonly string[]>;
};

export type LoopbackCommand = {
  readonly httpPort: number;
  readonly sipPort: number;
  readonly address: string;
  readonly socket: string;
};

/** The whole command line. It throws what goes wrong; `runCommand` turns that into words and an exit status. */
export function program(commands: ServerCommands, terminal: Terminal = systemTerminal): Command {
  const trunkline = new Command("trunkline")
    .description("A SIP trunk endpoint: the numbers of an Amazon Chime SDK Voice Connector in the browser")
    .addOption(new Option("--json", "print JSON").default(false, "readable text"))
    .addOption(
      new Option("--socket <path>", "the server's admin socket").default("./trunkline.sock").env("TRUNKLINE_SOCKET"),
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => printError(terminal, text),
    })
    .exitOverride();
  addServer(trunkline, commands);
  addInit(trunkline, commands, terminal);
  addCheck(trunkline, commands, terminal);
  addQueries(trunkline, terminal);
  return trunkline;
}

function printError(terminal: Terminal, text: string): void {
  if (text.trim() !== "") terminal.err(text.trimEnd());
}

function addServer(trunkline: Command, commands: ServerCommands): void {
  trunkline
    .command("run")
    .description("run the server")
    .requiredOption("--config <file>", "the configuration file")
    .action(async ({ config }: { config: string }) => commands.run(config, namedSocket(trunkline)));
  trunkline
    .command("loopback")
    .description("run the server with a simulated telephone network, on this machine only")
    .addOption(new Option("--http-port <port>", "where the phone is served").default(8080).argParser(readPort))
    .addOption(new Option("--sip-port <port>", "where the server speaks SIP").default(5060).argParser(readPort))
    .option("--address <address>", "the loopback address", "127.0.0.1")
    .action(async (options: Omit<LoopbackCommand, "socket">) =>
      commands.loopback({ ...options, socket: trunkline.opts().socket }),
    );
}

const namedSocket = (trunkline: Command): { readonly socket?: string } =>
  trunkline.getOptionValueSource("socket") === "default" ? {} : { socket: trunkline.opts().socket };

function addInit(trunkline: Command, commands: ServerCommands, terminal: Terminal): void {
  trunkline
    .command("init")
    .description("write a commented configuration file to begin with")
    .option("--config <file>", "the file to write, which must not exist", "./trunkline.yaml")
    .action(async ({ config }: { config: string }) => {
      await commands.init(config);
      const next = `Written: ${config}. Put in your connector's host, your address and your numbers, then run check.`;
      terminal.out(trunkline.opts().json ? printableJson({ written: config }) : next);
    });
}

function addCheck(trunkline: Command, commands: ServerCommands, terminal: Terminal): void {
  trunkline
    .command("check")
    .description("read a configuration file and name every fault")
    .requiredOption("--config <file>", "the configuration file")
    .action(async ({ config }: { config: string }) => {
      const faults = await commands.check(config);
      terminal.out(trunkline.opts().json ? printableJson({ faults }) : faultsText(faults));
      if (faults.length > 0) throw new CommandEnded(2);
    });
}

const faultsText = (faults: readonly string[]): string =>
  faults.length === 0 ? "The configuration is good." : faults.join("\n");

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("It must be a port from 0 to 65535.");
  return port;
}
