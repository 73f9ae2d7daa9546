import { expect, test } from "../fixtures";

test("one, two, three names, then several people; each lapses by itself", async ({ ada, stage }) => {
  const people = [];
  for (const name of ["Bert", "Cleo", "Dora", "Emil"]) people.push(await stage.voice(name));
  const [bert, cleo, dora, emil] = people;

  await bert?.type();
  await expect(ada.typingLine).toHaveText("Bert is typing…");
  await cleo?.type();
  await expect(ada.typingLine).toHaveText("Bert and Cleo are typing…");
  await dora?.type();
  await expect(ada.typingLine).toHaveText("Bert, Cleo and Dora are typing…");
  await emil?.type();
  await expect(ada.typingLine).toHaveText("Several people are typing…");
  await expect(ada.typingLine).toHaveText("");
});

test("who is typing stops when their message arrives", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.type();
  await expect(ada.typingLine).toHaveText("Bert is typing…");
  await bert.say("Here it is");
  await expect(ada.message("Here it is")).toBeVisible();
  await expect(ada.typingLine).toHaveText("", { timeout: 1_000 });
});

test("who is typing stops at once when their socket is gone", async ({ ada, grace }) => {
  await grace.composer.pressSequentially("Hm");
  await expect(ada.typingLine).toHaveText("Grace is typing…");
  await grace.page.close();
  await expect(ada.typingLine).toHaveText("", { timeout: 2_000 });
});

test("nobody sees themselves typing, and a channel only its own typists", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await grace.composer.pressSequentially("Hello");
  await ada.openChannel("General Channel");
  await expect(grace.typingLine).toHaveText("");

  await ada.openChannel("Lanterns");
  await expect(ada.typingLine).toHaveText("");
});

test("a sender signals once in the interval, however much is typed", async ({ ada, grace }) => {
  const sent = await ada.commands();
  await ada.isIn("General Channel");
  await ada.composer.pressSequentially("A sentence of some length");
  await expect(grace.typingLine).toHaveText("Ada is typing…");
  expect(sent("set_typing")).toBe(1);
});

test("pasting counts as typing", async ({ ada, grace }) => {
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ada.page.evaluate(() => navigator.clipboard.writeText("From elsewhere"));
  await ada.composer.press("ControlOrMeta+v");
  await expect(ada.composer).toHaveValue("From elsewhere");
  await expect(grace.typingLine).toHaveText("Ada is typing…");
});

test("composing with an IME counts as typing", async ({ ada, grace }) => {
  await ada.composer.focus();
  const keyboard = await ada.context.newCDPSession(ada.page);
  await keyboard.send("Input.imeSetComposition", { text: "こん", selectionStart: 2, selectionEnd: 2 });
  await expect(grace.typingLine).toHaveText("Ada is typing…");
});
