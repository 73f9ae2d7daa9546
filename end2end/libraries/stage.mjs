// The real server, on a free port, with a data folder of its own, and what a backend must know of it.

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
const any = "1000000/s, burst 1000000";

/** Nothing that a developer has set for their own server. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("YORIAI_")));

export class Server {
  /** Starts one that tells nobody to slow down, unless `settings` do. */
  static async start(settings = {}) {
    const server = new Server();
    server.data = await mkdtemp(join(tmpdir(), "yoriai-"));
    server.keys = JSON.parse(execFileSync(binary, ["keys", "add", "--json", "--data", server.data], { env }));
    const port = await freePort();
    server.url = `http://127.0.0.1:${port}`;
    const all = { listen: `127.0.0.1:${port}`, data: server.data, "rate-channel": any, "rate-channels": any, ...settings };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    server.process = spawn(binary, ["serve", ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
    while (!(await fetch(`${server.url}/readyz`).then((response) => response.ok, () => false))) {
      if (server.process.exitCode !== null) throw new Error("The server does not start.");
      await pause(20);
    }
    return server;
  }

  async end() {
    const gone = once(this.process, "exit");
    this.process.kill();
    await gone;
    await rm(this.data, { recursive: true, force: true });
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
