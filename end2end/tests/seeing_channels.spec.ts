import { expect, test, unhurried } from "../fixtures";
import type { Person } from "../pages/chat";

test.use({ settings: unhurried });

const names = ({ channels }: Person) => channels.locator(".channel-item__name");

test("General comes first, the others by name as the reader's language sorts", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  for (const name of ["Zebras", "äpfel", "Bees", "apples"]) await bert.create(name);
  await expect(names(ada)).toHaveText(["General Channel", "äpfel", "apples", "Bees", "Zebras"]);

  await ada.join("Zebras");
  await ada.join("Bees");
  await expect(names(ada)).toHaveText(["General Channel", "Bees", "Zebras", "äpfel", "apples"]);
});

test("a channel that somebody creates, renames and deletes does so for everyone at once", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await expect(grace.openToJoin("Lanterns")).toBeVisible();
  await expect(ada.channel("Lanterns")).toBeVisible();

  await ada.fromChannelMenu("Rename channel…");
  const renaming = ada.dialog("Rename “Lanterns”");
  await renaming.getByLabel("New name").fill("Paper lanterns");
  await renaming.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(ada.heading).toHaveText("Paper lanterns");
  await expect(grace.openToJoin("Paper lanterns")).toBeVisible();

  await ada.fromChannelMenu("Delete channel…");
  const deleting = ada.dialog("Delete “Paper lanterns”?");
  await deleting.getByLabel("Type the channel’s name to confirm").fill("Paper lanterns");
  await deleting.getByRole("button", { name: "Delete channel" }).click();
  await expect(ada.channel("Paper lanterns")).toBeHidden();
  await expect(grace.openToJoin("Paper lanterns")).toBeHidden();
});

test("joined channels and merely public ones are told apart", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.create("Kitchen rota");
  await expect(ada.channels.getByRole("heading", { name: "Open to join" })).toBeVisible();
  await expect(ada.openToJoin("Kitchen rota")).toBeVisible();
  await expect(ada.channel("Kitchen rota")).toBeHidden();

  await ada.join("Kitchen rota");
  await expect(ada.channel("Kitchen rota")).toBeVisible();
  await expect(ada.openToJoin("Kitchen rota")).toBeHidden();
  await expect(ada.channels.getByRole("heading", { name: "Open to join" })).toBeHidden();
});

test("the member list and its count follow who comes and goes", async ({ ada, stage }) => {
  await expect(ada.page.getByRole("button", { name: "1 member", exact: true })).toBeVisible();
  const bert = await stage.voice("Bert");
  await expect(ada.page.getByRole("button", { name: "2 members" })).toBeVisible();
  await expect(ada.members.getByText("Bert")).toBeVisible();

  await bert.leave(bert.general);
  await expect(ada.page.getByRole("button", { name: "1 member", exact: true })).toBeVisible();
  await expect(ada.members.getByText("Bert")).toBeHidden();
});
