import { expect, lostConnection, test, unhurried } from "../fixtures";
import type { Person } from "../pages/chat";
import { hold } from "../wire";

test("one's own message is edited in its place, and everyone sees that it was", async ({ ada, grace }) => {
  await said(ada, "Tea at fife");
  const row = ada.message("Tea at fife");
  await row.hover();
  await row.getByRole("button", { name: "Edit message" }).click();
  const box = ada.page.getByRole("textbox", { name: "Edit message" });
  await expect(box).toBeFocused();
  await box.fill("Tea at five");
  await box.press("Enter");
  await expect(box).toBeHidden();
  await expect(ada.composer).toBeFocused();
  for (const person of [ada, grace]) {
    await expect(person.message("Tea at five")).toContainText("(edited)");
    await expect(person.message("Tea at fife")).toBeHidden();
  }
  await grace.message("Tea at five").hover();
  await expect(grace.page.getByRole("button", { name: "Edit message" })).toBeHidden();
});

test("with the keyboard: up edits the last one, Escape leaves it as it was", async ({ ada }) => {
  await said(ada, "First");
  await said(ada, "Second");
  await expect(ada.texts).toHaveText(["First", "Second"]);
  await ada.composer.press("ArrowUp");
  const box = ada.page.getByRole("textbox", { name: "Edit message" });
  await expect(box).toHaveValue("Second");
  await box.fill("Third");
  await box.press("Escape");
  await expect(box).toBeHidden();
  await expect(ada.composer).toBeFocused();
  await expect(ada.texts).toHaveText(["First", "Second"]);
});

test("a message cannot be made blank, and what was written stays to be mended", async ({ ada }) => {
  await said(ada, "Something");
  await ada.composer.press("ArrowUp");
  const box = ada.page.getByRole("textbox", { name: "Edit message" });
  await box.fill("  ");
  await ada.page.getByRole("button", { name: "Save" }).click();
  await expect(ada.page.getByRole("alert").filter({ hasText: "A message needs a text." })).toBeVisible();
  await box.fill("Something else");
  await ada.page.getByRole("button", { name: "Save" }).click();
  await expect(ada.message("Something else")).toContainText("(edited)");
});

test.describe("while offline", () => {
  test.use({ expectedTrouble: lostConnection });

  test("an edit waits, and goes out when the line is back", async ({ distantAda: ada, grace }) => {
    await said(ada, "Helo");
    await expect(grace.message("Helo")).toBeVisible();
    await ada.goOffline();
    await ada.composer.press("ArrowUp");
    const box = ada.page.getByRole("textbox", { name: "Edit message" });
    await box.fill("Hello");
    await box.press("Enter");
    await expect(ada.page.getByRole("button", { name: "Saving" })).toBeVisible();
    await ada.comeBack();
    await expect(grace.message("Hello")).toBeVisible();
    await expect(box).toBeHidden();
  });
});

test.describe("of long ago", () => {
  test.use({ settings: unhurried });

  test("an edited message is found in its place, with everything between", async ({ newcomer, stage }) => {
    const bert = await stage.voice("Bert");
    const remarks = Array.from({ length: 90 }, (_, i) => `Remark ${i}.`);
    await bert.sayAll(remarks);
    const ada = await (await newcomer()).arriveAs("Ada");
    await expect(ada.message("Remark 89.")).toBeInViewport();
    await bert.edit(0, "Remark nought.");
    await bert.say("I have mended my first remark.");
    await expect(ada.message("I have mended")).toBeInViewport();
    await expect(ada.message("Remark nought.")).toHaveCount(0);
    while ((await ada.message("Remark nought.").count()) === 0) {
      await ada.timeline.evaluate((list) => list.scrollTo(0, 0));
    }
    await expect(ada.texts).toHaveText([/^Remark nought\./, ...remarks.slice(1), "I have mended my first remark."]);
  });
});

test("an answer that comes late leaves the message alone that is edited by now", async ({ newcomer }) => {
  const ada = await newcomer();
  const line = await hold(ada.page);
  await ada.arriveAs("Ada");
  await said(ada, "First");
  await said(ada, "Second");
  line.holdBack("edit_message");
  await ada.composer.press("ArrowUp");
  const box = ada.page.getByRole("textbox", { name: "Edit message" });
  await box.fill("Second thoughts");
  await box.press("Enter");
  await ada.message("First").hover();
  await ada.message("First").getByRole("button", { name: "Edit message" }).click();
  await box.fill("First of all");
  line.letGo();
  await expect(ada.message("Second thoughts")).toBeVisible();
  await expect(box).toHaveValue("First of all");
});

/** Says something, and waits until it is accepted: before that there is nothing to edit. */
async function said(person: Person, text: string): Promise<void> {
  await person.say(text);
  await expect(person.message(text).getByRole("button", { name: "Edit message" })).toBeAttached();
}
