import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
const target = process.env.CARGO_TARGET_DIR ?? join(cache, "yoriai/target");
const binary = process.env.YORIAI_BIN ?? join(target, "release/yoriai");

/** Settings as the command line takes them, without their dashes. */
export type Settings = Record<string, string>;

/** The real server, on a free port, with a data folder of its own. */
export class Server {
  private process?: ChildProcess;
  private log = "";

  private constructor(
    readonly url: string,
    private readonly data: string,
    private readonly settings: Settings,
  ) {}

  static async start(settings: Settings): Promise<Server> {
    const data = await mkdtemp(join(tmpdir(), "yoriai-"));
    const server = new Server(`http://127.0.0.1:${await freePort()}`, data, settings);
    await server.start();
    return server;
  }

  /** Starts it, also again: same address, same data. */
  async start(): Promise<void> {
    const listen = this.url.replace("http://", "");
    const settings = Object.entries({ listen, data: this.data, ...this.settings });
    const args = settings.flatMap(([name, value]) => [`--${name}`, value]);
    const process = spawn(binary, ["serve", ...args], { env: bareEnvironment() });
    process.stdout.on("data", (text) => (this.log += text));
    process.stderr.on("data", (text) => (this.log += text));
    process.on("error", (error) => (this.log += error.message));
    this.process = process;
    while (!(await this.isReady())) {
      if (process.pid === undefined || process.exitCode !== null) throw new Error(`No server:\n${this.log}`);
      await pause(20);
    }
  }

  /** Asks it to go, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { process } = this;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, "exit");
    process.kill(signal);
    await gone;
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    await this.stop("SIGKILL");
  }

  /** Clears up, and answers what it had to say. */
  async end(): Promise<string> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
    return this.log;
  }

  /** An account, as whoever runs the server makes one. */
  addUser(name: string, password: string, ...options: "--admin"[]): void {
    const args = ["user", "add", name, ...options, "--data", this.data];
    execFileSync(binary, args, { input: `${password}\n`, env: bareEnvironment() });
  }

  /** A token as a site's own backend signs it. */
  sign(identity: string, seconds: number): string {
    const args = ["token", "--identity", identity, "--ttl", String(seconds), "--data", this.data];
    return execFileSync(binary, args, { env: bareEnvironment(), encoding: "utf8" }).trim();
  }

  /** A token for a name that is free, as a program asks for it. */
  async token(identity: string): Promise<string> {
    const response = await fetch(`${this.url}/token`, { method: "POST", body: new URLSearchParams({ identity }) });
    if (!response.ok) throw new Error(`No token for ${identity}: ${await response.text()}`);
    const { token } = (await response.json()) as { token: string };
    return token;
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`).then((response) => response.ok, () => false);
  }
}

/** Nothing that a developer has set for their own server. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("YORIAI_")));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("A port has a number");
  return address.port;
}
