// The sixteen defects of the tutorial that Yoriai began from, where they live in the page. The others
// are told by the server's stories.
import type { WebSocket } from "@playwright/test";
import { expect, test, unhurried } from "../fixtures";
import type { Person } from "../pages/chat";

const markup = `<img src=x onerror="document.title='broken'">`;

test("defect 1: markup in a body, a name or a channel's name becomes a live element", async ({ ada, stage }) => {
  const title = await ada.page.title();
  const bert = await stage.voice("<i onclick=alert(1)>B</i>");
  const channel = await bert.create(markup);
  await bert.say(markup);
  await bert.type();
  await expect(ada.typingLine).toHaveText("<i onclick=alert(1)>B</i> is typing…");
  await expect(ada.message(markup)).toContainText("<i onclick=alert(1)>B</i>");
  await expect(ada.event("<i onclick=alert(1)>B</i> joined the channel")).toBeVisible();
  await ada.join(markup);
  await bert.delete(channel);
  await expect(ada.page.getByText(`“${markup}” was deleted.`)).toBeVisible();
  await expect(ada.page.locator("img, i[onclick]")).toHaveCount(0);
  await expect(ada.page).toHaveTitle(title);
});

test.describe("with tokens that last for seconds", () => {
  test.use({ settings: { "token-ttl": "5" } });

  test("defect 2: refreshing the token throws, and the client is dead once it has expired", async ({ newcomer, grace }) => {
    const ada = await newcomer();
    const opened = sockets(ada);
    await ada.arriveAs("Ada");
    const renewed = () => opened[0]!.waitForEvent("framesent", ({ payload }) => String(payload).includes("renew_token"));
    await renewed();
    await renewed();
    await ada.say("Still here");
    await expect(grace.message("Still here")).toBeVisible();
    expect(opened).toHaveLength(1);
  });
});

test("defect 3: messages of different channels pile up in one list", async ({ ada }) => {
  await ada.say("In General");
  await ada.create("Lanterns");
  await ada.say("In Lanterns");
  await expect(ada.texts).toHaveText(["In Lanterns"]);
  await ada.openChannel("General Channel");
  await expect(ada.texts).toHaveText(["In General"]);
});

test("defect 4: clicking the current channel leaves it, joins again and doubles its history", async ({ ada, grace }) => {
  await ada.say("Once");
  await ada.channel("General Channel").click();
  await ada.channel("General Channel").click();
  await ada.say("Twice");
  await expect(ada.texts).toHaveText(["Once", "Twice"]);
  await expect(grace.texts).toHaveText(["Once", "Twice"]);
  await expect(grace.event("Ada left the channel")).toHaveCount(0);
});

test("defect 5: public channels that others create never appear", async ({ ada, grace }) => {
  await grace.create("Lanterns");
  await expect(ada.openToJoin("Lanterns")).toBeVisible();
});

test("defect 6: “is typing…” sticks when the channel is switched meanwhile", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await ada.create("Lanterns");
  await ada.openChannel("General Channel");
  await bert.type();
  await expect(ada.typingLine).toHaveText("Bert is typing…");
  await ada.openChannel("Lanterns");
  await expect(ada.typingLine).toHaveText("");
});

test("defect 7: deleting the current channel strands its creator on a dead one", async ({ ada }) => {
  await ada.create("Lanterns");
  await ada.fromChannelMenu("Delete channel…");
  await ada.dialog("Delete “Lanterns”?").getByRole("textbox").fill("Lanterns");
  await ada.page.keyboard.press("Enter");
  await ada.isIn("General Channel");
  await ada.say("Landed");
  await expect(ada.message("Landed")).not.toHaveClass(/pending/);
});

test("defect 8: a channel that somebody else deleted stays current and writable", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  const lanterns = await bert.create("Lanterns");
  await ada.join("Lanterns");
  await bert.delete(lanterns);
  await ada.isIn("General Channel");
  await expect(ada.composerFor("Lanterns")).toBeHidden();
});

test("defect 9: blank messages and blank channel names are sent", async ({ ada }) => {
  const sent = await ada.commands();
  await ada.isIn("General Channel");
  await ada.say(" \n ");
  await ada.createButton.click();
  const dialog = ada.dialog("Create a channel");
  await dialog.getByLabel("Name", { exact: true }).fill("  ");
  await dialog.getByRole("button", { name: "Create channel" }).click();
  await expect(dialog.getByText("Enter a name for the channel.")).toBeVisible();
  await ada.page.keyboard.press("Escape");
  await ada.say("Something");
  await expect(ada.message("Something")).not.toHaveClass(/pending/);
  await expect(ada.texts).toHaveText(["Something"]);
  expect(sent("create_channel")).toBe(0);
});

test.describe("with more channels than a page of the directory", () => {
  test.use({ settings: unhurried });

  test("defect 10: General is not found among them, and nothing is joined", async ({ newcomer, stage }) => {
    const bert = await stage.voice("Bert");
    for (let i = 1; i <= 120; i++) await bert.create(`Aardvarks ${i}`);
    const ada = await (await newcomer()).arriveAs("Ada");
    await expect(ada.channels.getByRole("button", { name: /^Join Aardvarks/ })).toHaveCount(120);
    await expect(ada.channels.getByRole("link")).toHaveText([/General Channel/]);
  });
});

test("defect 11: a second channel called “General Channel” also sorts first", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.create("Aardvarks");
  await bert.create("General Channel");
  await expect(ada.channels.locator(".channel-item__name")).toHaveText(["General Channel", "Aardvarks", "General Channel"]);
});

test("defect 12: deleting somebody else's channel is refused without a word", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await grace.join("Lanterns");
  await grace.page.getByRole("button", { name: "Channel menu" }).click();
  await expect(grace.page.getByRole("menuitem", { name: "Leave channel" })).toBeVisible();
  await expect(grace.page.getByRole("menuitem", { name: "Delete channel…" })).toHaveCount(0);
});

test("defect 13: signing out leaks the connection, and signing in again keeps the old one", async ({ newcomer }) => {
  const ada = await newcomer();
  const opened = sockets(ada);
  await ada.arriveAs("Ada");
  await ada.signOut();
  await expect(ada.joinButton).toBeVisible();
  await expect.poll(() => opened.every((socket) => socket.isClosed())).toBe(true);

  await ada.signInAs("Ada");
  await ada.isIn("General Channel");
  expect(opened.filter((socket) => !socket.isClosed())).toHaveLength(1);
});

test("defect 14: two tabs with one name fight about where they are", async ({ ada }) => {
  await ada.create("Lanterns");
  const tab = await ada.secondTab();
  await tab.isIn("Lanterns");
  await tab.openChannel("General Channel");
  await tab.say("In General");
  await expect(ada.channel("General Channel")).not.toContainText("unread");
  await ada.isIn("Lanterns");

  await tab.openChannel("Lanterns");
  await ada.fromChannelMenu("Leave channel");
  await ada.isIn("General Channel");
  await tab.isIn("General Channel");
  await expect(tab.openToJoin("Lanterns")).toBeVisible();
});

test("defect 15: anyone can be anyone", async ({ ada, newcomer }) => {
  const other = await newcomer();
  await other.open();
  await other.signInAs("Ada");
  await expect(other.page.getByText("Ada is taken, or looks like a name that is.")).toBeVisible();
  await ada.say("The only one");
  await expect(ada.message("The only one")).not.toHaveClass(/pending/);
});

test("defect 16: only one typist is shown, and only keys count", async ({ ada, grace, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.type();
  await expect(ada.typingLine).toHaveText("Bert is typing…");
  await grace.composer.fill("Not by a key");
  await expect(ada.typingLine).toHaveText("Bert and Grace are typing…");
});

function sockets({ page }: Person): WebSocket[] {
  const opened: WebSocket[] = [];
  page.on("websocket", (socket) => opened.push(socket));
  return opened;
}
