import { expect, test } from "../fixtures";
import type { Person } from "../pages/chat";

test("one's own message is taken back for everyone, after a question", async ({ ada, grace }) => {
  await said(ada, "I did not mean that");
  await expect(grace.message("I did not mean that")).toBeVisible();
  const dialog = await asksToDelete(ada, "I did not mean that");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await expect(dialog).toBeHidden();
  await expect(ada.message("I did not mean that")).toBeVisible();

  await asksToDelete(ada, "I did not mean that");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(dialog).toBeHidden();
  for (const person of [ada, grace]) {
    await expect(person.message("This message was deleted.")).toBeVisible();
    await expect(person.message("I did not mean that")).toHaveCount(0);
  }
  await ada.message("This message was deleted.").hover();
  await expect(ada.page.getByRole("button", { name: "Delete message" })).toHaveCount(0);
  await grace.page.reload();
  await grace.isIn("General Channel");
  await expect(grace.message("This message was deleted.")).toHaveCount(0);
});

test("other people's messages are not ours to delete, but their channel's admin may", async ({ ada, grace }) => {
  await ada.create("Tea house");
  await grace.join("Tea house");
  await said(ada, "Mine");
  await said(grace, "Hers");
  await grace.message("Mine").hover();
  await expect(grace.message("Mine").getByRole("button", { name: "Delete message" })).toHaveCount(0);
  const dialog = await asksToDelete(ada, "Hers");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(grace.message("This message was deleted.")).toBeVisible();
  await expect(grace.message("Mine")).toBeVisible();
});

test("a message that somebody has not seen is not unread once it is gone", async ({ ada, grace }) => {
  await ada.create("Tea house");
  await grace.join("Tea house");
  await grace.openChannel("General Channel");
  await said(ada, "Never mind");
  await expect(grace.channel("Tea house")).toContainText("1 unread");
  const dialog = await asksToDelete(ada, "Never mind");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(grace.channel("Tea house")).not.toContainText("unread");
});

test("a question about a message is never about another channel's", async ({ ada }) => {
  await said(ada, "In General");
  await ada.create("Side room");
  await said(ada, "In the side room");
  const dialog = await asksToDelete(ada, "In the side room");
  await ada.page.goBack();
  await ada.isIn("General Channel");
  await expect(dialog).toBeHidden();
  await expect(ada.message("In General")).toBeVisible();
  await ada.openChannel("Side room");
  await expect(ada.message("In the side room")).toBeVisible();
});

async function asksToDelete(person: Person, text: string) {
  const row = person.message(text);
  await row.hover();
  await row.getByRole("button", { name: "Delete message" }).click();
  const dialog = person.dialog("Delete this message?");
  await expect(dialog).toBeVisible();
  return dialog;
}

async function said(person: Person, text: string): Promise<void> {
  await person.say(text);
  await expect(person.message(text).getByRole("button", { name: "Edit message" })).toBeAttached();
}
