import { expect, test } from "../fixtures";

test("a display name stands beside one's own, and goes when it is cleared", async ({ ada, grace }) => {
  const name = ada.page.getByText("Ada Lovelace", { exact: true });
  await set("Ada Lovelace");
  await expect(name).toBeVisible();
  await ada.say("Who am I?");
  await expect(grace.message("Who am I?")).not.toContainText("Lovelace");
  await ada.page.reload();
  await expect(name).toBeVisible();
  await set("");
  await expect(name).toBeHidden();

  async function set(wish: string): Promise<void> {
    await ada.fromAccountMenu("Display name…");
    const dialog = ada.dialog("Your display name");
    await dialog.getByLabel("Display name").fill(wish);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
  }
});
