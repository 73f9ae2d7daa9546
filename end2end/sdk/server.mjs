import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
const target = process.env.CARGO_TARGET_DIR ?? join(cache, "yoriai/target");
const binary = process.env.YORIAI_BIN ?? join(target, "release/yoriai");

/** The real server, on a free port, with a data folder of its own. */
export class Server {
  static async start() {
    const server = new Server();
    server.data = await mkdtemp(join(tmpdir(), "yoriai-"));
    server.port = await freePort();
    await server.start();
    return server;
  }

  /** Starts it, also again: same address, same data. */
  async start() {
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", this.data, "--webhooks-to-private", "true"];
    let log = "";
    this.process = spawn(binary, args, { env: bareEnvironment() });
    this.process.stdout.on("data", (text) => (log += text));
    this.process.stderr.on("data", (text) => (log += text));
    this.process.on("error", (error) => (log += error.message));
    while (!(await this.isReady())) {
      if (this.process.pid === undefined || this.process.exitCode !== null) throw new Error(`No server:\n${log}`);
      await pause(20);
    }
  }

  async stop(signal = "SIGTERM") {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, "exit");
    this.process.kill(signal);
    await gone;
  }

  async end() {
    await this.stop("SIGKILL");
    await rm(this.data, { recursive: true, force: true });
  }

  /** A token as a site's own backend makes it. */
  token(identity, seconds = 3600) {
    const args = ["token", "--identity", identity, "--ttl", String(seconds), "--json", "--data", this.data];
    return JSON.parse(execFileSync(binary, args, { env: bareEnvironment() })).token;
  }

  /** Changes the service, as a site's own backend does. */
  async change(form) {
    const args = ["keys", "add", "--json", "--data", this.data];
    const keys = JSON.parse(execFileSync(binary, args, { env: bareEnvironment() }));
    const response = await fetch(`http://127.0.0.1:${this.port}/v2/Services/${keys.service_sid}`, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${keys.account_sid}:${keys.auth_token}`)}` },
      body: new URLSearchParams(form),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  isReady() {
    return fetch(`http://127.0.0.1:${this.port}/readyz`).then((response) => response.ok, () => false);
  }
}

/** Nothing that a developer has set for their own server. */
function bareEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("YORIAI_")));
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
