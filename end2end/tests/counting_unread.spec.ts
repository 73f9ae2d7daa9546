import { expect, test, unhurried } from "../fixtures";
import type { Person } from "../pages/chat";

test("a badge counts what others said, and seeing it clears it", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await ada.create("Lanterns");
  await bert.sayAll(["One", "Two", "Three"]);
  await expect(ada.channel("General Channel")).toContainText("3 unread");

  await ada.openChannel("General Channel");
  await expect(ada.message("Three")).toBeVisible();
  await expect(ada.channel("General Channel")).not.toContainText("unread");
  await ada.page.reload();
  await ada.isIn("General Channel");
  await expect(ada.channel("General Channel")).not.toContainText("unread");
});

test("a line is drawn above what is new", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await ada.say("Known");
  await expect(ada.message("Known")).not.toHaveClass(/pending/);
  await ada.create("Lanterns");
  await bert.say("Not seen");
  await expect(ada.channel("General Channel")).toContainText("1 unread");

  await ada.openChannel("General Channel");
  const order = ada.timeline.locator(".new-line, .message-row__body");
  await expect(order).toHaveText(["Known", "New", "Not seen"]);
});

test("one's own messages are never unread", async ({ ada }) => {
  await ada.create("Lanterns");
  const tab = await ada.secondTab();
  await tab.openChannel("General Channel");
  await tab.say("To everyone");
  await expect(tab.message("To everyone")).toBeVisible();
  await expect(ada.channel("General Channel")).not.toContainText("unread");
});

test("what was marked stays unread until the channel is opened again", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.sayAll(["One", "Two", "Three"]);
  await expect(ada.message("Three")).toBeVisible();
  await expect(ada.channel("General Channel")).not.toContainText("unread");

  await ada.message("Two").hover();
  await ada.message("Two").getByRole("button", { name: "Mark as unread from here" }).click();
  await expect(ada.channel("General Channel")).toContainText("2 unread");
  await expect(ada.timeline.locator(".new-line, .message-row__body")).toHaveText(["One", "New", "Two", "Three"]);

  await ada.create("Lanterns");
  await expect(ada.channel("General Channel")).toContainText("2 unread");
  await ada.openChannel("General Channel");
  await expect(ada.channel("General Channel")).not.toContainText("unread");
});

test("a muted channel is counted quietly, and not in the tab's title", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await ada.fromChannelMenu("Mute channel");
  await expect(ada.channel("General Channel")).toContainText("muted");
  await ada.create("Lanterns");
  await bert.say("Not seen");
  await expect(ada.channel("General Channel")).toContainText("1 unread");
  await expect(ada.page).not.toHaveTitle(/^\(/);

  await ada.openChannel("General Channel");
  await ada.fromChannelMenu("Unmute channel");
  await expect(ada.channel("General Channel")).not.toContainText("muted");
});

test("the badge is right on every device", async ({ newcomer, server, stage }) => {
  server.addUser("Ada", "correct horse battery staple");
  const [desk, phone] = [await newcomer(), await newcomer()];
  for (const device of [desk, phone]) await signIn(device);
  await desk.create("Lanterns");
  await phone.openChannel("Lanterns");

  const bert = await stage.voice("Bert");
  await bert.sayAll(["One", "Two"]);
  await expect(desk.channel("General Channel")).toContainText("2 unread");
  await expect(phone.channel("General Channel")).toContainText("2 unread");
  await phone.openChannel("General Channel");
  await expect(phone.message("Two")).toBeVisible();
  await expect(desk.channel("General Channel")).not.toContainText("unread");
});

test.describe("more than fit on the page", () => {
  test.use({ settings: unhurried });

  test("stay unread until they have been seen", async ({ ada, stage }) => {
    const bert = await stage.voice("Bert");
    await ada.create("Lanterns");
    await bert.sayAll(Array.from({ length: 40 }, (_, i) => `New ${i + 1}.`));
    await expect(ada.channel("General Channel")).toContainText("40 unread");

    await ada.openChannel("General Channel");
    await ada.timeline.hover();
    await expect(ada.message("New 40.")).toBeVisible();
    await expect(async () => {
      await ada.page.mouse.wheel(0, 2_000);
      await expect(ada.message("New 40.")).toBeInViewport({ timeout: 200 });
    }).toPass();
    await expect(ada.channel("General Channel")).not.toContainText("unread");
  });
});

async function signIn(device: Person): Promise<void> {
  await device.open();
  await device.chooseAccount();
  await device.signInWith("Ada", "correct horse battery staple");
  await device.isIn("General Channel");
}
