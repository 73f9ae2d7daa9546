import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Server } from "./server";

/** Where npm has the official browser SDK for a script tag. */
export const bundles = {
  "version 5": "twilio-chat-5/dist/twilio-chat.min.js",
  "version 6": "twilio-chat-6/builds/twilio-chat.min.js",
};

/** A site that was built on Programmable Chat, and has moved in: an old page, and who signs its tokens. */
export class Site {
  /** Seconds that its tokens last. */
  tokenTtl = 3600;
  /** Whom it gave tokens to. */
  readonly issued: string[] = [];

  private constructor(
    readonly url: string,
    private readonly end: HttpServer,
    private readonly server: Server,
    private readonly bundle: string,
  ) {}

  static async open(server: Server, bundle: string): Promise<Site> {
    const end = createServer().listen(0, "127.0.0.1");
    await once(end, "listening");
    const { port } = end.address() as AddressInfo;
    const site = new Site(`http://127.0.0.1:${port}`, end, server, bundle);
    end.on("request", async (request, response) => {
      const [type, body] = await site.answer(request);
      response.setHeader("content-type", type).end(body);
    });
    return site;
  }

  async close(): Promise<void> {
    this.end.closeAllConnections();
    this.end.close();
    await once(this.end, "close");
  }

  private async answer(request: IncomingMessage): Promise<[type: string, body: string]> {
    switch (request.url) {
      case "/token":
        return ["application/json", this.issue(await text(request))];
      case "/sdk.js":
        return ["text/javascript", read(`sdk/node_modules/${this.bundle}`)];
      case "/added.js":
        return ["text/javascript", addedLines(this.server.url)];
      default:
        return ["text/html", read("pages/old_page.html")];
    }
  }

  private issue(form: string): string {
    const identity = new URLSearchParams(form).get("identity") ?? "";
    this.issued.push(identity);
    return JSON.stringify({ identity, token: this.server.sign(identity, this.tokenTtl) });
  }
}

/** What docs/sdk.md tells a page to add that passes no options, word for word, with our own address. */
function addedLines(server: string): string {
  const [, lines] = /A page that passes no options.*?```js\n(.*?)```/s.exec(read("../docs/sdk.md")) ?? [];
  if (!lines?.includes("wss://chat.example.org/")) throw new Error("docs/sdk.md has other lines than this test knows");
  return lines.replace("wss://chat.example.org/", `${server.replace("http", "ws")}/`);
}

function read(path: string): string {
  return readFileSync(join(__dirname, path), "utf8");
}
