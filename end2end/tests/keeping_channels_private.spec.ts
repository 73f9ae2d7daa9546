import { expect, test } from "../fixtures";
import type { Person } from "../pages/chat";

test("a private channel is there for whoever is invited, and for nobody else", async ({ ada, grace, newcomer }) => {
  const linus = await (await newcomer()).arriveAs("Linus");
  await createPrivate(ada, "Surprise");
  await expect(ada.channel("Surprise")).toContainText("private");

  await invite(ada, "Grace");
  const invitation = grace.channels.getByRole("listitem").filter({ hasText: "from Ada" });
  await expect(invitation).toContainText("Surprise");
  await invitation.getByRole("button", { name: "Join Surprise" }).click();
  await grace.isIn("Surprise");
  await expect(invitation).toHaveCount(0);
  await grace.say("What is it?");
  await expect(ada.message("What is it?")).toBeVisible();
  await expect(linus.channels).not.toContainText("Surprise");

  await grace.page.reload();
  await grace.isIn("Surprise");
  await expect(grace.channel("Surprise")).toContainText("private");
});

test("an invitation may be declined, and nobody hears of it", async ({ ada, grace }) => {
  await createPrivate(ada, "Surprise");
  await invite(ada, "Grace");
  await grace.channels.getByRole("button", { name: "Decline Surprise" }).click();
  await expect(grace.channels).not.toContainText("Surprise");
  await expect(ada.members.getByRole("listitem")).toHaveCount(1);
});

test("nobody of that name is told, in the dialog, and the name stays to be mended", async ({ ada }) => {
  await createPrivate(ada, "Surprise");
  await ada.fromChannelMenu("Invite people…");
  const dialog = ada.dialog("Invite people to Surprise");
  const name = dialog.getByLabel("Name", { exact: true });
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog.getByText("Enter a name.")).toBeVisible();
  await name.fill("Nobody");
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog.getByText("There is nobody of this name here.")).toBeVisible();
  await expect(name).toHaveValue("Nobody");
});

test("whoever is removed is told, is elsewhere, and cannot find the way back", async ({ ada, grace }) => {
  await createPrivate(ada, "Surprise");
  await invite(ada, "Grace");
  await grace.channels.getByRole("button", { name: "Join Surprise" }).click();
  await grace.isIn("Surprise");
  await expect(grace.members.getByRole("button", { name: "Remove Ada" })).toHaveCount(0);

  await ada.members.getByRole("button", { name: "Remove Grace" }).click();
  const question = ada.dialog("Remove Grace?");
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(question).toBeHidden();
  await expect(ada.members.getByRole("listitem")).toHaveCount(1);
  await grace.isIn("General Channel");
  await expect(grace.channels).not.toContainText("Surprise");
});

test("a private channel has an address, for its members alone", async ({ ada, grace }) => {
  await createPrivate(ada, "Surprise");
  await ada.fromChannelMenu("Rename channel…");
  const dialog = ada.dialog("Rename “Surprise”");
  await dialog.getByLabel("Address").fill("surprise");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(ada.page).toHaveURL(/\/channels\/surprise$/);
  await ada.page.reload();
  await ada.isIn("Surprise");
  await ada.openChannel("General Channel");
  await ada.openChannel("Surprise");
  await grace.open("/channels/surprise");
  await expect(grace.page.getByText("This channel is not here")).toBeVisible();
});

test("somebody is added at once, and a public channel becomes private", async ({ ada, grace }) => {
  await ada.create("Tea house");
  await expect(grace.openToJoin("Tea house")).toBeVisible();
  await ada.fromChannelMenu("Rename channel…");
  const renaming = ada.dialog("Rename “Tea house”");
  await renaming.getByLabel("Private from now on").check();
  await renaming.getByRole("button", { name: "Rename" }).click();
  await expect(renaming).toBeHidden();
  await expect(ada.channel("Tea house")).toContainText("private");
  await expect(grace.openToJoin("Tea house")).toHaveCount(0);

  await ada.fromChannelMenu("Invite people…");
  const inviting = ada.dialog("Invite people to Tea house");
  await inviting.getByLabel("Name", { exact: true }).fill("Grace");
  await inviting.getByLabel("Add at once").check();
  await inviting.getByRole("button", { name: "Invite" }).click();
  await expect(inviting.getByText("Grace is a member now.")).toBeVisible();
  await grace.openChannel("Tea house");
  await grace.say("Thank you");
  await expect(ada.message("Thank you")).toBeVisible();
});

async function createPrivate(person: Person, name: string): Promise<void> {
  await person.createButton.click();
  const dialog = person.dialog("Create a channel");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByText("Private", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create channel" }).click();
  await person.isIn(name);
}

async function invite(person: Person, name: string): Promise<void> {
  await person.fromChannelMenu("Invite people…");
  const dialog = person.dialog(/^Invite people to/);
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog.getByText(`${name} is invited.`)).toBeVisible();
  await dialog.locator(".dialog__foot").getByRole("button", { name: "Close" }).click();
}
