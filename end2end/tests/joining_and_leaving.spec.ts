import { expect, test } from "../fixtures";

test("people join, open and leave a channel, and everyone in it sees the lines", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await grace.join("Lanterns");
  await expect(ada.event("Grace joined the channel")).toBeVisible();
  await grace.say("Where is the paper?");
  await expect(ada.message("Where is the paper?")).toBeVisible();

  await grace.fromChannelMenu("Leave channel");
  await grace.isIn("General Channel");
  await expect(ada.event("Grace left the channel")).toBeVisible();
  await expect(grace.openToJoin("Lanterns")).toBeVisible();
  await expect(grace.channel("Lanterns")).toBeHidden();
});

test("whoever comes for the first time is never shown that they are not in General", async ({ newcomer }) => {
  const ada = await newcomer();
  await ada.page.addInitScript(() => {
    const look = () => {
      const text = document.body?.textContent ?? "";
      if (text.includes("You are not in this channel")) sessionStorage.setItem("seen", text);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await ada.takeName("Ada");
  await ada.open();
  await ada.say("Here at once");
  await expect(ada.message("Here at once")).toBeVisible();
  expect(await ada.page.evaluate(() => sessionStorage.getItem("seen"))).toBeNull();

  await ada.fromChannelMenu("Leave channel");
  await expect(ada.page.getByText("You are not in this channel").first()).toBeVisible();
  expect(await ada.page.evaluate(() => sessionStorage.getItem("seen"))).not.toBeNull();
});

test("opening another channel does not leave the first", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  await grace.join("Lanterns");
  await grace.openChannel("General Channel");
  await expect(ada.event("Grace joined the channel")).toBeVisible();

  await ada.say("Still with us?");
  await expect(grace.channel("Lanterns")).toContainText("1 unread");
  await grace.openChannel("Lanterns");
  await expect(grace.message("Still with us?")).toBeVisible();
  await expect(ada.event("Grace left the channel")).toBeHidden();
});

test("who joins sees what was said before", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  const lanterns = await bert.create("Lanterns");
  await bert.say("Bring scissors", lanterns);
  await ada.join("Lanterns");
  await expect(ada.message("Bring scissors")).toBeVisible();
});

test.describe("after a break", () => {
  test.use({ expectedTrouble: /ERR_INTERNET_DISCONNECTED|WebSocket connection to|Failed to fetch/ });

  test("lines that were missed are there", async ({ distantAda: ada, stage }) => {
    const bert = await stage.voice("Bert");
    await expect(ada.event("Bert joined the channel")).toBeVisible();
    await ada.goOffline();

    await stage.voice("Cleo");
    await bert.leave(bert.general);
    await ada.comeBack();
    await expect(ada.event("Cleo joined the channel")).toBeVisible();
    await expect(ada.event("Bert left the channel")).toBeVisible();
    await expect(ada.banner("You are offline.")).toBeHidden();
  });
});

test("a refusal that nothing else shows is said for all to see, for a moment", async ({ ada, newcomer }) => {
  await ada.create("Tea house");
  const grace = await newcomer();
  await grace.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    const nowhere = `"join_channel":{"channel":"CH${"0".repeat(32)}"`;
    let joins = 0;
    socket.onMessage((frame) => {
      const joining = /"join_channel":\{"channel":"CH[0-9a-f]{32}"/;
      if (joining.test(String(frame))) joins += 1;
      server.send(joins > 1 ? String(frame).replace(joining, nowhere) : frame);
    });
  });
  await grace.arriveAs("Grace");
  await grace.openToJoin("Tea house").click();
  const complaint = grace.page.getByText("You could not join Tea house.");
  await expect(complaint).toBeInViewport();
  await expect(complaint).toBeHidden({ timeout: 15_000 });
});
