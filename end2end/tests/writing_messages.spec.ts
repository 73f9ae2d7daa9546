import { expect, test } from "../fixtures";
import type { Person } from "../pages/chat";
import { hold } from "../wire";

test("a message appears for everyone in the channel", async ({ ada, grace }) => {
  await ada.say("Is this thing on?");
  await expect(grace.message("Is this thing on?")).toContainText("Ada");
  await grace.say("It is");
  await expect(ada.message("It is")).toContainText("Grace");
});

test("one's own message is on the page at once, then accepted, and the same row all along", async ({ newcomer, grace }) => {
  const ada = await newcomer();
  const line = await hold(ada.page);
  await ada.arriveAs("Ada");
  line.holdBack("post_message");
  await ada.say("On its way");
  const row = ada.message("On its way");
  await expect(row).toHaveClass(/message-row--pending/);
  await expect(ada.composer).toHaveValue("");
  const element = await row.elementHandle();
  await expect(grace.message("On its way")).toBeHidden();

  line.letGo();
  await expect(row).not.toHaveClass(/message-row--pending/);
  await expect(grace.message("On its way")).toBeVisible();
  await expect(row).toHaveCount(1);
  expect(await element?.evaluate((row) => row.isConnected)).toBe(true);
});

test("a refused message keeps its text, says why, and can be tried again or discarded", async ({ newcomer, grace }) => {
  const ada = await newcomer();
  const line = await hold(ada.page);
  await ada.arriveAs("Ada");
  line.refuse("post_message", 50107, "Your role lacks the permission sendMessage.");
  await ada.say("Let me in");
  const row = ada.message("Let me in");
  await expect(row).toContainText("Not sent. You may not write in this channel.");
  await row.getByRole("button", { name: "Try again" }).click();
  await expect(row).toContainText("Not sent. You may not write in this channel.");

  line.letGo();
  await row.getByRole("button", { name: "Try again" }).click();
  await expect(grace.message("Let me in")).toBeVisible();
  await expect(row).not.toContainText("Not sent.");

  line.refuse("post_message", 50107, "Your role lacks the permission sendMessage.");
  await ada.say("Never mind");
  await ada.message("Never mind").getByRole("button", { name: "Discard" }).click();
  await expect(ada.message("Never mind")).toBeHidden();
});

test("one's own messages appear in one's other tabs", async ({ ada }) => {
  const tab = await ada.secondTab();
  await tab.isIn("General Channel");
  await ada.say("From the first");
  await expect(tab.message("From the first")).toContainText("you");
  await tab.say("From the second");
  await expect(ada.message("From the second")).toContainText("From the second");
  await expect(ada.texts).toHaveText(["From the first", "From the second"]);
});

test("Enter sends, Shift+Enter breaks the line, and the break stays", async ({ ada, grace }) => {
  await ada.composer.pressSequentially("First line");
  await ada.composer.press("Shift+Enter");
  await ada.composer.pressSequentially("second line");
  await expect(ada.composer).toHaveValue("First line\nsecond line");
  await ada.composer.press("Enter");
  await expect(ada.composer).toHaveValue("");
  const body = grace.message("First line").locator(".message-row__body");
  expect(await body.innerText()).toBe("First line\nsecond line");
});

test("the button sends as well", async ({ ada, grace }) => {
  await ada.composer.fill("With the mouse");
  await ada.page.getByRole("button", { name: "Send" }).click();
  await expect(grace.message("With the mouse")).toBeVisible();
  await expect(ada.composer).toBeFocused();
});

test("Enter that confirms an IME's text never sends", async ({ ada, grace }) => {
  await ada.composer.focus();
  const keyboard = await ada.context.newCDPSession(ada.page);
  await keyboard.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  // While composing, keys carry the code 229.
  await keyboard.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 });
  await keyboard.send("Input.insertText", { text: "日本" });
  await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  await expect(ada.composer).toHaveValue("日本");

  // Safari ends the composition first, and marks only the code.
  await ada.composer.evaluate((box) =>
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true })),
  );
  await expect(ada.composer).toHaveValue("日本");
  await expect(ada.texts).toHaveCount(0);

  await ada.composer.press("Enter");
  await expect(grace.message("日本")).toBeVisible();
  await expect(ada.texts).toHaveText(["日本"]);
});

test("text is shown as text, and links are links", async ({ ada, grace }) => {
  await ada.say("*Not* bold, <b>nor this</b>; see https://example.org/a?b=c&d=e, please");
  const body = grace.message("Not").locator(".message-row__body");
  await expect(body).toHaveText("*Not* bold, <b>nor this</b>; see https://example.org/a?b=c&d=e, please");
  const link = body.getByRole("link");
  await expect(link).toHaveText("https://example.org/a?b=c&d=e");
  await expect(link).toHaveAttribute("href", "https://example.org/a?b=c&d=e");
  await expect(link).toHaveAttribute("rel", /noopener/);
});

test("what is too long is not sent, and says so while it is being written", async ({ ada }) => {
  await ada.composer.fill("x".repeat(32_769));
  await expect(ada.page.getByText("Too long")).toBeVisible();
  await ada.composer.press("Enter");
  await expect(ada.composer).not.toHaveValue("");
  await expect(ada.texts).toHaveCount(0);

  await ada.composer.fill("x".repeat(32_768));
  await ada.composer.press("Enter");
  await expect(ada.composer).toHaveValue("");
  await expect(ada.texts).toHaveCount(1);
});

test("who writes very fast is slowed, and nothing is lost or out of order", async ({ ada, grace }) => {
  const words = Array.from({ length: 24 }, (_, i) => `Word ${i + 1}`);
  for (const word of words) await ada.say(word);
  await expect(ada.texts).toHaveText(words);
  await expect(grace.texts).toHaveText(words);
  await expect(ada.timeline.locator(".message-row--pending")).toHaveCount(0);
});

test("consecutive messages of one author share a head", async ({ ada, grace }) => {
  await ada.say("One");
  await ada.say("Two");
  await expect(grace.message("Two")).toBeVisible();
  await grace.say("Three");
  await expect(ada.message("Three")).toBeVisible();
  await expect(ada.message("One").locator(".message-row__author")).toHaveText("Ada");
  await expect(ada.message("Two").locator(".message-row__author")).toBeHidden();
  await expect(ada.message("Three").locator(".message-row__author")).toHaveText("Grace");
});

test("who may only read is told so, and offered nothing else", async ({ newcomer, grace }) => {
  const ada = await newcomer();
  await without(ada, "sendMessage", "sendMediaMessage", "createChannel", "joinChannel");
  await grace.create("Tea house");
  await grace.openChannel("General Channel");
  await grace.say("Read this");
  await ada.takeName("Ada");
  await ada.open();
  await expect(ada.page.getByText("You may read in this channel, but not write.")).toBeVisible();
  await expect(ada.message("Read this")).toBeVisible();
  await expect(ada.composer).toBeHidden();
  await expect(ada.createButton).toBeHidden();
  await expect(ada.channels).toContainText("Tea house");
  await expect(ada.openToJoin("Tea house")).toBeHidden();
});

/** The page hears of its roles as if they lacked these permissions. */
async function without(person: Person, ...permissions: string[]): Promise<void> {
  const named = new RegExp(permissions.map((name) => `"${name}",|,"${name}"`).join("|"), "g");
  await person.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => socket.send(String(frame).replaceAll(named, "")));
  });
}
