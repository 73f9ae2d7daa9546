import { expect, type Locator, type Page } from "@playwright/test";

/** Somebody in front of a page that was written for Programmable Chat. */
export class Visitor {
  constructor(
    readonly page: Page,
    readonly name: string,
  ) {}

  async enter(): Promise<void> {
    await this.submit("Name", this.name);
  }

  async isIn(channel: string): Promise<void> {
    await expect(this.page.getByRole("heading")).toHaveText(channel);
  }

  get channels(): Locator {
    return this.page.getByRole("navigation", { name: "Channels" }).getByRole("button");
  }

  async create(channel: string): Promise<void> {
    await this.submit("New channel", channel);
  }

  async open(channel: string): Promise<void> {
    await this.channels.filter({ hasText: channel }).click();
    await this.isIn(channel);
  }

  async delete(): Promise<void> {
    await this.page.getByRole("button", { name: "Delete channel" }).click();
  }

  /** What was said in the channel, who joined and who left. */
  get lines(): Locator {
    return this.page.getByRole("log").getByRole("listitem");
  }

  /** The same without the comings and goings, whose order is a matter of chance. */
  get said(): Locator {
    return this.lines.filter({ hasText: ": " });
  }

  async say(text: string): Promise<void> {
    await this.submit("Message", text);
  }

  async type(text: string): Promise<void> {
    await this.page.getByLabel("Message").pressSequentially(text);
  }

  get typingLine(): Locator {
    return this.page.getByRole("status");
  }

  get notice(): Locator {
    return this.page.getByRole("alert");
  }

  private async submit(label: string, text: string): Promise<void> {
    const field = this.page.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press("Enter");
  }
}
