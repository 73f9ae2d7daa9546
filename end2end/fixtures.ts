import { type BrowserContext, type BrowserContextOptions, expect, type Page, test as base } from "@playwright/test";
import { Cable } from "./cable";
import { Person } from "./pages/chat";
import { holdAgainstSchemas } from "./schemas";
import { Server, type Settings } from "./server";
import { Stage } from "./stage";

type Fixtures = {
  /** How this test's server is set up. */
  settings: Settings;
  /** What a test provokes on the console by cutting the line, say. */
  expectedTrouble: RegExp;
  server: Server;
  stage: Stage;
  /** A page in a browser of its own, which must have nothing to complain about. */
  freshPage: (options?: BrowserContextOptions) => Promise<Page>;
  /** Somebody in front of one. */
  newcomer: (options?: BrowserContextOptions) => Promise<Person>;
  /** A line to the server that can be cut, or lets no WebSockets through. */
  cable: Cable;
  /** Ada at the end of that line. */
  distantAda: Person;
  ada: Person;
  grace: Person;
};

/** A scene of hundreds of messages is set at once, not in minutes. */
export const unhurried: Settings = {
  "rate-messages": "5000/s, burst 5000",
  "rate-frames": "5000/s, burst 5000",
  "rate-channel": "5000/s, burst 5000",
  "rate-channels": "5000/s, burst 5000",
};

/** What a browser writes on the console when its line is cut. */
export const lostConnection = /WebSocket connection to|ERR_CONNECTION_|ERR_INTERNET_DISCONNECTED|ERR_EMPTY_RESPONSE/;

export const test = base.extend<Fixtures>({
  settings: [{}, { option: true }],
  expectedTrouble: [/^$/, { option: true }],

  server: async ({ settings }, use, testInfo) => {
    const server = await Server.start({ name: "Hoshitani Valley", ...settings });
    await use(server);
    const log = await server.end();
    await testInfo.attach("server", { body: log });
    expect(log).not.toContain("panicked");
  },

  stage: async ({ browser, server }, use) => {
    const stage = await Stage.open(browser, server);
    await use(stage);
    await stage.close();
  },

  freshPage: async ({ browser, expectedTrouble }, use) => {
    const contexts: BrowserContext[] = [];
    const complaints: string[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      watch(context, (complaint) => {
        if (!expectedTrouble.test(complaint)) complaints.push(complaint);
      });
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(complaints).toEqual([]);
  },

  newcomer: async ({ server, freshPage }, use) => {
    await use(async (options) => new Person(await freshPage(options), server.url));
  },

  cable: async ({ server }, use) => {
    const cable = await Cable.lay(server.url);
    await use(cable);
    await cable.remove();
  },

  distantAda: async ({ freshPage, cable }, use) => {
    await use(await new Person(await freshPage(), cable.url, cable).arriveAs("Ada"));
  },

  ada: async ({ newcomer }, use) => {
    const ada = await newcomer();
    await use(await ada.arriveAs("Ada"));
  },

  grace: async ({ newcomer }, use) => {
    const grace = await newcomer();
    await use(await grace.arriveAs("Grace"));
  },
});

/** No test may pass while the page asks other servers for anything, breaks its own policy, speaks against the schemas, fails or nags. */
function watch(context: BrowserContext, complain: (complaint: string) => void): void {
  const asks = (url: string) => {
    const { protocol, hostname } = new URL(url);
    if (/^(http|ws)/.test(protocol) && hostname !== "127.0.0.1") complain(`Asked elsewhere: ${url}`);
  };
  context.on("request", (request) => asks(request.url()));
  context.on("page", (page) => {
    page.on("websocket", (socket) => asks(socket.url()));
    holdAgainstSchemas(page, complain);
  });
  context.on("console", (message) => {
    if (message.type() === "error") complain(message.text());
  });
  context.on("weberror", (failure) => complain(failure.error().message));
  context.on("dialog", (dialog) => {
    complain(`Nagged: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

export { expect };
