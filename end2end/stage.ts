import type { Browser, Page } from "@playwright/test";
import type { Server } from "./server";

type Answer = { ok?: Record<string, any>; refused?: { code: number; message: string } };
type Command = Record<string, unknown>;

declare global {
  interface Window {
    ask: (name: string, command: Command) => Promise<Answer>;
    enter: (name: string, token: string) => Promise<string>;
  }
}

/** Where scenes are set: people without a page, who speak the socket's words from a blank one. */
export class Stage {
  private constructor(
    private readonly server: Server,
    private readonly page: Page,
  ) {}

  static async open(browser: Browser, server: Server): Promise<Stage> {
    const page = await browser.newPage({ bypassCSP: true });
    await page.addInitScript(speak);
    await page.goto(`${server.url}/healthz`);
    return new Stage(server, page);
  }

  /** Somebody comes in, and is in the General Channel. */
  async voice(name: string): Promise<Voice> {
    const token = await this.server.token(name);
    const general = await this.page.evaluate(([name, token]) => window.enter(name, token), [name, token] as const);
    const voice = new Voice(name, general, this.page);
    await voice.join(general);
    return voice;
  }

  /** Everybody's sockets close. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** One of them. Channels go by their SID; without one, General is meant. */
export class Voice {
  constructor(
    readonly name: string,
    readonly general: string,
    private readonly page: Page,
  ) {}

  async say(body: string, channel = this.general): Promise<void> {
    await this.ask({ post_message: { channel, nonce: nonce(), body } });
  }

  async sayAll(bodies: string[], channel = this.general): Promise<void> {
    for (const body of bodies) await this.say(body, channel);
  }

  async edit(index: number, body: string, channel = this.general): Promise<void> {
    await this.ask({ edit_message: { channel, index, body } });
  }

  async create(friendly_name: string, unique_name?: string): Promise<string> {
    const { created } = await this.ask({ create_channel: { nonce: nonce(), friendly_name, unique_name } });
    return created.channel;
  }

  async join(channel: string): Promise<void> {
    await this.ask({ join_channel: { channel, nonce: nonce() } });
  }

  async leave(channel: string): Promise<void> {
    await this.ask({ leave_channel: { channel } });
  }

  async rename(channel: string, friendly_name: string): Promise<void> {
    await this.ask({ edit_channel: { channel, friendly_name } });
  }

  async delete(channel: string): Promise<void> {
    await this.ask({ delete_channel: { channel } });
  }

  async type(channel = this.general): Promise<void> {
    await this.ask({ set_typing: { channel } });
  }

  /** The SID of a public channel. */
  async find(friendlyName: string): Promise<string> {
    const { changes } = await this.ask({ resume: { scope: "directory", since: 0 } });
    const rows: any[] = changes.change.rows;
    const found = rows.find(({ listing }) => listing.details?.friendly_name === friendlyName);
    if (!found) throw new Error(`No public channel is called ${friendlyName}`);
    return found.listing.sid;
  }

  private async ask(command: Command): Promise<Record<string, any>> {
    const answer = await this.page.evaluate(
      ([name, command]) => window.ask(name, command),
      [this.name, command] as const,
    );
    if (!answer.ok) throw new Error(`${this.name} was refused: ${answer.refused?.message}`);
    return answer.ok;
  }
}

/** A UUIDv7. */
function nonce(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  const random = crypto.randomUUID().slice(15);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random}`;
}

/** Runs in the blank page: a socket for each name, and replies by their number. */
function speak(): void {
  const sockets = new Map<string, WebSocket>();
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;

  window.enter = (name, token) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${location.host}/ws`, "yoriai.v1");
      sockets.set(name, socket);
      socket.onopen = () => socket.send(JSON.stringify({ hello: { token } }));
      socket.onclose = ({ code, reason }) => reject(new Error(`${name}'s socket closed: ${code} ${reason}`));
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.welcome) resolve(frame.welcome.general);
        if (frame.reply) waiting.get(frame.reply.ref)?.(frame.reply);
      };
    });

  window.ask = (name, command) =>
    new Promise((resolve) => {
      const ref = ++last;
      waiting.set(ref, resolve);
      sockets.get(name)?.send(JSON.stringify({ request: { ref, command } }));
    });
}
