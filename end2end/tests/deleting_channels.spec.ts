import { expect, lostConnection, test } from "../fixtures";

test("a channel is deleted only after its name was typed", async ({ ada }) => {
  await ada.create("Lanterns");
  await ada.say("A message");
  await expect(ada.message("A message")).not.toHaveClass(/pending/);
  await ada.fromChannelMenu("Delete channel…");
  const dialog = ada.dialog("Delete “Lanterns”?");
  await expect(dialog).toContainText("Its 1 message disappears, at once. This cannot be undone.");
  const name = dialog.getByLabel("Type the channel’s name to confirm");
  await expect(name).toBeFocused();

  await name.fill("lantern");
  await dialog.getByRole("button", { name: "Delete channel" }).click();
  await expect(dialog.getByText("This is not the channel’s name.")).toBeVisible();
  await dialog.getByRole("button", { name: "Keep the channel" }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.channel("Lanterns")).toBeVisible();

  await ada.fromChannelMenu("Delete channel…");
  await name.fill("Lanterns");
  await dialog.getByRole("button", { name: "Delete channel" }).click();
  await ada.isIn("General Channel");
  await expect(ada.channel("Lanterns")).toBeHidden();
});

test("people who had it open are told, and land in General", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await grace.join("Lanterns");
  await ada.fromChannelMenu("Delete channel…");
  const dialog = ada.dialog("Delete “Lanterns”?");
  await expect(dialog).toContainText("for both members");
  await dialog.getByLabel("Type the channel’s name to confirm").fill("Lanterns");
  await dialog.getByRole("button", { name: "Delete channel" }).click();

  await grace.isIn("General Channel");
  const told = grace.dialog("“Lanterns” was deleted.");
  await expect(told).toContainText("You are in the General Channel now.");
  await told.getByRole("button", { name: "Close" }).last().click();
  await expect(told).toBeHidden();
  await expect(grace.composer).toBeFocused();
  await grace.say("What happened?");
  await expect(ada.message("What happened?")).toBeVisible();
});

test.describe("while one is away", () => {
  test.use({ expectedTrouble: lostConnection });

  test("what was queued for it comes back with the news", async ({ distantAda: ada, stage }) => {
    const bert = await stage.voice("Bert");
    const lanterns = await bert.create("Lanterns");
    await ada.join("Lanterns");
    await ada.goOffline();
    await ada.say("A long thought about paper");

    await bert.delete(lanterns);
    await ada.comeBack();
    const told = ada.dialog("“Lanterns” was deleted.");
    await expect(told).toContainText("1 message for it was not sent. Its text:");
    await expect(told.getByText("A long thought about paper")).toBeVisible();
    await told.getByRole("button", { name: "Close" }).last().click();
    await ada.isIn("General Channel");
  });
});

test("a service admin may delete what others made, but not General", async ({ newcomer, server, stage }) => {
  server.addUser("Ada", "correct horse battery staple", "--admin");
  const bert = await stage.voice("Bert");
  await bert.create("Lanterns");
  const ada = await newcomer();
  await ada.open();
  await ada.chooseAccount();
  await ada.signInWith("Ada", "correct horse battery staple");
  await ada.isIn("General Channel");
  const menu = ada.page.getByRole("button", { name: "Channel menu" });
  if (await menu.isVisible()) await menu.click();
  await expect(ada.page.getByRole("menuitem", { name: "Delete channel…" })).toBeHidden();
  await ada.page.keyboard.press("Escape");

  await ada.join("Lanterns");
  await ada.fromChannelMenu("Delete channel…");
  const dialog = ada.dialog("Delete “Lanterns”?");
  await dialog.getByLabel("Type the channel’s name to confirm").fill("Lanterns");
  await dialog.getByRole("button", { name: "Delete channel" }).click();
  await ada.isIn("General Channel");
  await expect(ada.openToJoin("Lanterns")).toBeHidden();
});
