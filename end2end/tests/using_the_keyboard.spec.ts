import type { Locator } from "@playwright/test";
import { expect, test } from "../fixtures";
import type { Person } from "../pages/chat";

test("everything can be done with the keyboard alone", async ({ newcomer, grace }) => {
  const ada = await newcomer();
  const { keyboard } = ada.page;
  await ada.open();
  await reach(ada, ada.nameField);
  await keyboard.type("Ada");
  await keyboard.press("Enter");
  await ada.isIn("General Channel");

  await reach(ada, ada.createButton);
  await keyboard.press("Enter");
  await expect(ada.dialog("Create a channel").getByLabel("Name", { exact: true })).toBeFocused();
  await keyboard.type("Lanterns");
  await keyboard.press("Enter");
  await ada.isIn("Lanterns");

  await reach(ada, ada.composer);
  await keyboard.type("Typed, not clicked");
  await keyboard.press("Enter");
  await expect(ada.message("Typed, not clicked")).not.toHaveClass(/pending/);

  await reach(ada, ada.channel("General Channel"));
  await keyboard.press("Enter");
  await ada.isIn("General Channel");
  await reach(ada, ada.channel("Lanterns"));
  await keyboard.press("Enter");
  await ada.isIn("Lanterns");

  await reach(ada, ada.page.getByRole("button", { name: "Channel menu" }));
  await keyboard.press("Enter");
  await expect(ada.page.getByRole("menuitem").first()).toBeFocused();
  await keyboard.press("ArrowUp");
  await expect(ada.page.getByRole("menuitem", { name: "Delete channel…" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(ada.dialog("Delete “Lanterns”?").getByRole("textbox")).toBeFocused();
  await keyboard.type("Lanterns");
  await keyboard.press("Enter");
  await ada.isIn("General Channel");
  await expect(grace.openToJoin("Lanterns")).toBeHidden();

  await reach(ada, ada.accountButton);
  await keyboard.press("Enter");
  await reachByArrows(ada, ada.page.getByRole("menuitem", { name: "Sign out" }));
  await keyboard.press("Enter");
  await expect(ada.joinButton).toBeVisible();
});

test("the first stop leads to the message box", async ({ ada }) => {
  await ada.page.reload();
  await ada.isIn("General Channel");
  await ada.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await ada.page.keyboard.press("Tab");
  const skip = ada.page.getByRole("link", { name: "Skip to the message box" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await ada.page.keyboard.press("Enter");
  await expect(ada.composer).toBeFocused();
});

test("Escape closes a menu and gives the focus back", async ({ ada }) => {
  await ada.accountButton.focus();
  await ada.page.keyboard.press("Enter");
  await expect(ada.page.getByRole("menu")).toBeVisible();
  await ada.page.keyboard.press("Escape");
  await expect(ada.page.getByRole("menu")).toBeHidden();
  await expect(ada.accountButton).toBeFocused();
});

test("messages are read by scrolling with the keys", async ({ ada, grace }) => {
  await grace.say(Array.from({ length: 80 }, (_, i) => `Line ${i + 1}`).join("\n"));
  await expect(ada.message("Line 80")).toBeVisible();
  const scrolled = () => ada.timeline.evaluate((list) => list.scrollTop);
  await reach(ada, ada.timeline);
  const bottom = await scrolled();
  await ada.page.keyboard.press("Home");
  await expect.poll(scrolled).toBeLessThan(bottom);
});

/** Tabs on until it is there. */
async function reach(person: Person, goal: Locator): Promise<void> {
  await walk(person, goal, "Tab");
}

async function reachByArrows(person: Person, goal: Locator): Promise<void> {
  await walk(person, goal, "ArrowDown");
}

async function walk({ page }: Person, goal: Locator, key: string): Promise<void> {
  await expect(goal).toBeVisible();
  for (let step = 0; step < 60; step++) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never leads to ${goal}`);
}
