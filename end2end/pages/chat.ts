import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import type { Cable } from "../cable";
import { hold, type Line } from "../wire";

/** Somebody in front of the page. */
export class Person {
  name = "";

  constructor(
    readonly page: Page,
    private readonly url: string,
    private readonly cable?: Cable,
  ) {}

  get context(): BrowserContext {
    return this.page.context();
  }

  // ── Coming and going ──

  async open(path = "/"): Promise<this> {
    await this.page.goto(new URL(path, this.url).href);
    return this;
  }

  /** Sets the scene: signed in without the card, and in the General Channel. */
  async arriveAs(name: string): Promise<this> {
    await this.takeName(name);
    await this.open();
    await this.isIn("General Channel");
    return this;
  }

  /** A session for a free name, in this browser, before any page of the chat is open. */
  async takeName(name: string): Promise<void> {
    const url = new URL("/token", this.url).href;
    const response = await this.context.request.post(url, { form: { identity: name } });
    expect(response.status()).toBe(200);
    this.name = name;
  }

  /** Comes to General, whose first page never arrives, and waits until that is told. */
  async waitInVainAs(name: string): Promise<Line> {
    await this.page.clock.install();
    const line = await hold(this.page);
    line.holdBack("open_channel");
    await this.takeName(name);
    await this.open();
    await expect(this.timeline).toBeVisible();
    await this.isConnected();
    await this.page.clock.runFor(10_000);
    return line;
  }

  async signInAs(name: string): Promise<void> {
    this.name = name;
    await this.nameField.fill(name);
    await this.joinButton.click();
  }

  /** On the card of a server that admits guests, too. */
  async chooseAccount(): Promise<void> {
    await this.page.locator("label").filter({ hasText: "Sign in" }).click();
  }

  async signInWith(name: string, password: string): Promise<void> {
    this.name = name;
    await this.nameField.fill(name);
    await this.passwordField.fill(password);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  async signOut(): Promise<void> {
    await this.fromAccountMenu("Sign out");
  }

  get nameField(): Locator {
    return this.page.getByRole("textbox", { name: /^(Your name|Name)$/ });
  }

  get passwordField(): Locator {
    return this.page.getByLabel("Password", { exact: true });
  }

  get joinButton(): Locator {
    return this.page.getByRole("button", { name: "Join the chat" });
  }

  /** The same person's second tab. */
  async secondTab(path?: string): Promise<Person> {
    const tab = new Person(await this.context.newPage(), this.url, this.cable);
    tab.name = this.name;
    return tab.open(path ?? new URL(this.page.url()).pathname);
  }

  // ── Where one is ──

  get heading(): Locator {
    return this.page.getByRole("main").getByRole("heading", { level: 1 });
  }

  async isIn(channel: string): Promise<void> {
    await expect(this.heading).toHaveText(channel);
    await expect(this.composerFor(channel)).toBeVisible();
    await this.isConnected();
  }

  async isConnected(): Promise<void> {
    await expect(this.page.getByText("Connected", { exact: true })).toBeAttached();
  }

  /** Out of reach, and the browser knows. What the page loads by itself is here by then. */
  async goOffline(): Promise<void> {
    await this.page.waitForLoadState("networkidle");
    await this.context.setOffline(true);
    this.cable?.cut();
    await expect(this.banner("You are offline.")).toBeVisible();
  }

  async comeBack(): Promise<void> {
    this.cable?.mend();
    await this.context.setOffline(false);
  }

  /** One sentence about the connection, above the messages. */
  banner(sentence: string | RegExp): Locator {
    return this.page.locator(".connection-banner").filter({ hasText: sentence });
  }

  // ── Channels ──

  get channels(): Locator {
    return this.page.getByRole("navigation", { name: "Channels" });
  }

  channel(name: string): Locator {
    return this.channels.getByRole("link", { name });
  }

  openToJoin(name: string): Locator {
    return this.channels.getByRole("button", { name: `Join ${name}` });
  }

  async openChannel(name: string): Promise<void> {
    await this.channel(name).click();
    await this.isIn(name);
  }

  async join(name: string): Promise<void> {
    await this.openToJoin(name).click();
    await this.isIn(name);
  }

  get createButton(): Locator {
    return this.page.getByRole("button", { name: "Create a channel" });
  }

  async create(name: string): Promise<void> {
    await this.createButton.click();
    const dialog = this.dialog("Create a channel");
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByRole("button", { name: "Create channel" }).click();
    await this.isIn(name);
  }

  dialog(name: string | RegExp): Locator {
    const dialogs = this.page.getByRole("dialog", { name });
    return dialogs.or(this.page.getByRole("alertdialog", { name }));
  }

  async fromChannelMenu(item: string): Promise<void> {
    await this.page.getByRole("button", { name: "Channel menu" }).click();
    await this.page.getByRole("menuitem", { name: item }).click();
  }

  get accountButton(): Locator {
    return this.page.getByRole("button", { name: "Your account and settings" });
  }

  async fromAccountMenu(item: string): Promise<void> {
    await this.accountButton.click();
    await this.page.getByRole("menuitem", { name: item }).or(this.page.getByRole("menuitemradio", { name: item })).click();
  }

  get members(): Locator {
    return this.page.getByRole("complementary", { name: "Members" });
  }

  // ── Messages ──

  get timeline(): Locator {
    return this.page.getByRole("log");
  }

  message(text: string | RegExp): Locator {
    return this.timeline.getByRole("article").filter({ hasText: text });
  }

  /** The texts of all messages on the page, in their order. */
  get texts(): Locator {
    return this.timeline.locator(".message-row__body");
  }

  event(sentence: string): Locator {
    return this.timeline.locator(".event-line").filter({ hasText: sentence });
  }

  get typingLine(): Locator {
    return this.page.locator(".typing-line__text");
  }

  composerFor(channel: string): Locator {
    return this.page.getByRole("textbox", { name: `Message to ${channel}`, exact: true });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: /^Message to / });
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Everything that the page sends over its sockets from now on, as far as it names a command. */
  async commands(): Promise<(name: string) => number> {
    const sent: string[] = [];
    this.page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(String(payload))));
    await this.page.reload();
    return (name) => sent.filter((frame) => frame.includes(`"command":{"${name}"`)).length;
  }
}
