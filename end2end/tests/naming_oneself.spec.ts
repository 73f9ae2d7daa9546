import { expect, test } from "../fixtures";

test("a display name stands beside one's own for everybody, and goes when it is cleared", async ({ ada, grace }) => {
  const name = ada.page.getByRole("complementary").getByText("Ada Lovelace", { exact: true });
  const item = grace.members.getByRole("listitem").filter({ hasText: "Ada" });
  await set("Ada Lovelace");
  await expect(name.first()).toBeVisible();
  await expect(item).toContainText("Ada Lovelace");
  await ada.say("Who am I?");
  await expect(grace.message("Who am I?")).not.toContainText("Lovelace");
  await ada.page.reload();
  await expect(name.first()).toBeVisible();
  await grace.page.reload();
  await expect(item).toContainText("Ada Lovelace");
  await set("");
  await expect(name).toHaveCount(0);
  await expect(item).not.toContainText("Lovelace");

  async function set(wish: string): Promise<void> {
    await ada.fromAccountMenu("Display name…");
    const dialog = ada.dialog("Your display name");
    await dialog.getByLabel("Display name").fill(wish);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
  }
});
