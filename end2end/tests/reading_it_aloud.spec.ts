// Every screen in both themes, held against axe-core's rules.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, lostConnection, test } from "../fixtures";
import type { Person } from "../pages/chat";
import { hold } from "../wire";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("the sign-in card", async ({ newcomer, stage }) => {
  await stage.voice("Ada");
  const grace = await newcomer();
  await grace.open();
  await isAccessible(grace.page);
  await grace.signInAs("Ada");
  await expect(grace.page.getByText("Ada is taken")).toBeVisible();
  await isAccessible(grace.page);
  await grace.chooseAccount();
  await expect(grace.passwordField).toBeVisible();
  await isAccessible(grace.page);
});

test("a conversation", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.create("Kitchen rota");
  await ada.create("Lanterns");
  await bert.sayAll(["One", "Two\nlines, and https://example.org"]);
  await expect(ada.channel("General Channel")).toContainText("2 unread");
  await isAccessible(ada.page);
  await ada.openChannel("General Channel");
  await ada.say("Three");
  await bert.type();
  await expect(ada.typingLine).toHaveText("Bert is typing…");
  await isAccessible(ada.page);
});

test("a message that is edited, and one that was", async ({ ada }) => {
  await ada.say("Helo");
  await expect(ada.message("Helo").getByRole("button", { name: "Edit message" })).toBeAttached();
  await ada.composer.press("ArrowUp");
  const box = ada.page.getByRole("textbox", { name: "Edit message" });
  await box.fill(" ");
  await box.press("Enter");
  await expect(ada.page.getByText("A message needs a text.")).toBeVisible();
  await isAccessible(ada.page);
  await box.fill("Hello");
  await box.press("Enter");
  await expect(ada.message("Hello")).toContainText("(edited)");
  await ada.message("Hello").hover();
  await isAccessible(ada.page);
});

test("a page that does not come", async ({ newcomer }) => {
  const ada = await newcomer();
  await ada.waitInVainAs("Ada");
  await expect(ada.page.getByText("These messages could not be loaded")).toBeVisible();
  await isAccessible(ada.page);
});

test("menus", async ({ ada }) => {
  const { page } = ada;
  await ada.create("Lanterns");
  await ada.accountButton.click();
  await isAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Channel menu" }).click();
  await isAccessible(page);
});

test("dialogs", async ({ ada, grace }) => {
  const { page } = ada;
  await ada.create("Lanterns");
  await grace.join("Lanterns");
  await ada.createButton.click();
  await page.getByText("More", { exact: true }).click();
  await page.getByRole("button", { name: "Create channel" }).click();
  await expect(page.getByText("Enter a name for the channel.")).toBeVisible();
  await isAccessible(page);
  await page.keyboard.press("Escape");
  for (const item of ["Rename channel…", "Hand over channel…", "Delete channel…"]) {
    await ada.fromChannelMenu(item);
    await expect(ada.dialog(/Lanterns/)).toBeVisible();
    await isAccessible(page);
    await page.keyboard.press("Escape");
  }
});

test("on a phone", async ({ newcomer, grace }) => {
  const ada = await (await newcomer(phone)).arriveAs("Ada");
  await grace.say("Hello");
  await expect(ada.message("Hello")).toBeVisible();
  await isAccessible(ada.page);
  await ada.page.getByRole("button", { name: "2 members" }).tap();
  await expect(ada.dialog("Members")).toBeVisible();
  await isAccessible(ada.page);
  await ada.page.getByRole("button", { name: "Close members" }).tap();
  await ada.page.getByRole("link", { name: "Back to all channels" }).tap();
  await expect(ada.createButton).toBeVisible();
  await isAccessible(ada.page);
});

test("in Japanese", async ({ newcomer, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.say("こんにちは");
  const aiko = await newcomer({ locale: "ja-JP" });
  await aiko.open();
  await isAccessible(aiko.page);
  await aiko.takeName("愛子");
  await aiko.open();
  await expect(aiko.message("こんにちは")).toBeVisible();
  await isAccessible(aiko.page);
});

test.describe("when something is wrong", () => {
  test.use({ expectedTrouble: new RegExp(`${lostConnection.source}|ERR_FAILED|Failed to fetch`) });

  test("offline, and without a server", async ({ distantAda: ada, server }) => {
    await ada.goOffline();
    await ada.say("Queued");
    await isAccessible(ada.page);
    await ada.signOut();
    await expect(ada.dialog("1 message has not been sent")).toBeVisible();
    await isAccessible(ada.page);
    await ada.page.getByRole("button", { name: "Stay" }).click();
    await server.kill();
    await ada.comeBack();
    await expect(ada.banner("The connection dropped.")).toBeVisible();
    await isAccessible(ada.page);
  });

  test("blocked, and not loaded", async ({ distantAda: ada, cable }) => {
    cable.forbidWebSockets();
    await ada.page.reload();
    await expect(ada.banner("Live updates are blocked.")).toBeVisible();
    await isAccessible(ada.page);
    await ada.page.getByRole("button", { name: "What to do" }).click();
    await expect(ada.dialog("When live updates are blocked")).toBeVisible();
    await isAccessible(ada.page);

    await ada.page.route("**/*.wasm", (route) => route.abort());
    await ada.open();
    await expect(ada.page.getByRole("heading", { name: "The chat could not be loaded" })).toBeVisible();
    await isAccessible(ada.page);
  });

  test("not sent, and not here", async ({ newcomer }) => {
    const ada = await newcomer();
    const line = await hold(ada.page);
    await ada.arriveAs("Ada");
    line.refuse("post_message", 50107, "Your role lacks the permission sendMessage.");
    await ada.say("Let me in");
    await expect(ada.message("Let me in")).toContainText("Not sent.");
    await isAccessible(ada.page);
    await ada.page.goto(await linkToNowhere(ada));
    await expect(ada.page.getByRole("heading", { name: "This channel is not here" })).toBeVisible();
    await isAccessible(ada.page);
  });
});

test("while it is on its way", async ({ newcomer }) => {
  const ada = await newcomer();
  await ada.takeName("Ada");
  await ada.page.route("**/*.wasm", () => {});
  await ada.open();
  await expect(ada.page.getByRole("heading", { name: "Connecting to Hoshitani Valley" })).toBeVisible();
  await isAccessible(ada.page);
  await ada.page.unrouteAll({ behavior: "ignoreErrors" });
});

async function isAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const places = violations.map(({ id, nodes }) => `${colorScheme}, ${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`);
    expect.soft(places).toEqual([]);
  }
}

/** The address of a channel that was never made. */
async function linkToNowhere(ada: Person): Promise<string> {
  await ada.create("Lanterns");
  return ada.page.url().replace(/.{6}$/, "abcdef");
}
