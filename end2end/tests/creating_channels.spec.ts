import { expect, test } from "../fixtures";

test("whoever creates a channel is taken to it and looks after it", async ({ ada }) => {
  await ada.create("秋祭り 🏮");
  await expect(ada.channel("秋祭り 🏮")).toHaveAttribute("aria-current", "page");
  await expect(ada.page.getByRole("heading", { name: "This is where 秋祭り 🏮 begins" })).toBeVisible();
  await expect(ada.members.getByText("Admin")).toBeVisible();
});

test("a name that is blank or too long is refused in the dialog", async ({ ada }) => {
  await ada.createButton.click();
  const dialog = ada.dialog("Create a channel");
  const name = dialog.getByLabel("Name", { exact: true });
  const submit = dialog.getByRole("button", { name: "Create channel" });
  await expect(name).toBeFocused();

  await name.fill("   ");
  await submit.click();
  await expect(dialog.getByText("Enter a name for the channel.")).toBeVisible();
  await expect(name).toHaveAttribute("aria-invalid", "true");

  await name.fill("x".repeat(65));
  await submit.click();
  await expect(dialog.getByText("The name is too long: 64 characters at most for a new channel, 256 later.")).toBeVisible();

  await name.fill("x".repeat(64));
  await submit.click();
  await ada.isIn("x".repeat(64));
});

test("an address that another channel has is refused, and a free one taken", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.create("Water gates", "gates");

  await ada.createButton.click();
  const dialog = ada.dialog("Create a channel");
  await dialog.getByLabel("Name", { exact: true }).fill("Gates of the castle");
  await dialog.getByText("More", { exact: true }).click();
  const address = dialog.getByLabel(/^Address/);
  await address.fill("gates");
  await dialog.getByRole("button", { name: "Create channel" }).click();
  await expect(dialog.getByText("Another channel has this address.")).toBeVisible();
  await expect(address).toHaveAttribute("aria-invalid", "true");

  await address.fill("castle-gates");
  await dialog.getByRole("button", { name: "Create channel" }).click();
  await ada.isIn("Gates of the castle");
});

test("two channels may have one name", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.create("Lanterns");
  await ada.create("Lanterns");
  await expect(ada.channel("Lanterns")).toBeVisible();
  await expect(ada.openToJoin("Lanterns")).toBeVisible();
});

test("a dialog that is closed creates nothing and gives the focus back", async ({ ada }) => {
  await ada.createButton.click();
  const dialog = ada.dialog("Create a channel");
  await dialog.getByLabel("Name", { exact: true }).fill("Never mind");
  await ada.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(ada.createButton).toBeFocused();
  await expect(ada.channel("Never mind")).toBeHidden();
});

test("only its admin may rename a channel, and nobody General", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await grace.join("Lanterns");
  await grace.page.getByRole("button", { name: "Channel menu" }).click();
  await expect(grace.page.getByRole("menuitem", { name: "Leave channel" })).toBeVisible();
  await expect(grace.page.getByRole("menuitem", { name: "Rename channel…" })).toBeHidden();
  await expect(grace.page.getByRole("menuitem", { name: "Delete channel…" })).toBeHidden();

  await ada.openChannel("General Channel");
  const menu = ada.page.getByRole("button", { name: "Channel menu" });
  if (await menu.isVisible()) await menu.click();
  await expect(ada.page.getByRole("menuitem", { name: "Rename channel…" })).toBeHidden();
  await expect(ada.page.getByRole("menuitem", { name: "Delete channel…" })).toBeHidden();
});

test("a channel's address is changed beside its name, and led to", async ({ ada }) => {
  await ada.create("Lanterns");
  await ada.fromChannelMenu("Rename channel…");
  const dialog = ada.dialog("Rename “Lanterns”");
  await dialog.getByLabel("Address").fill("general");
  await dialog.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(dialog.getByLabel("Address")).toBeFocused();
  await dialog.getByLabel("Address").fill("lanterns");
  await dialog.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.page).toHaveURL(/\/channels\/lanterns$/);
});

test("a channel is handed over, and its new admin may delete it", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await grace.join("Lanterns");
  await ada.fromChannelMenu("Hand over channel…");
  const dialog = ada.dialog("Hand over “Lanterns”");
  await dialog.getByText("Grace").click();
  await dialog.getByRole("button", { name: "Hand over", exact: true }).click();
  await expect(dialog).toBeHidden();

  await grace.page.getByRole("button", { name: "Channel menu" }).click();
  await expect(grace.page.getByRole("menuitem", { name: "Delete channel…" })).toBeVisible();
  await ada.page.getByRole("button", { name: "Channel menu" }).click();
  await expect(ada.page.getByRole("menuitem", { name: "Leave channel" })).toBeVisible();
  await expect(ada.page.getByRole("menuitem", { name: "Delete channel…" })).toBeHidden();
});
