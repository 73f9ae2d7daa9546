import { expect, lostConnection, test } from "../fixtures";

test.use({ expectedTrouble: lostConnection });

test("offline one reads and writes on, and everything goes out in order, once", async ({ distantAda: ada, grace }) => {
  await grace.say("Before");
  await expect(ada.message("Before")).toBeVisible();
  await ada.goOffline();
  for (const word of ["One", "Two", "Three"]) await ada.say(word);
  await expect(ada.banner("3 messages are kept on this device and go out by themselves, in this order.")).toBeVisible();
  await expect(ada.message("Before")).toBeVisible();
  await grace.say("Meanwhile");

  await ada.comeBack();
  await expect(ada.banner("You are offline.")).toBeHidden();
  await expect(grace.texts).toHaveText(["Before", "Meanwhile", "One", "Two", "Three"]);
  await expect(ada.texts).toHaveText(["Before", "Meanwhile", "One", "Two", "Three"]);
  await expect(ada.timeline.locator(".message-row--pending")).toHaveCount(0);
});

test("when the server is gone the page says so, counts down, and tries at once when asked", async ({ ada, grace, server }) => {
  await ada.say("Before");
  await expect(grace.message("Before")).toBeVisible();
  await server.kill();
  await expect(ada.banner("The connection dropped.")).toBeVisible();
  await ada.say("One");
  await ada.say("Two");
  await expect(ada.message("Two")).toHaveClass(/pending/);

  await server.start();
  for (const person of [ada, grace]) {
    const retry = person.page.getByRole("button", { name: "Retry now" });
    await retry.click({ timeout: 2_000 }).catch(() => {});
    await person.isConnected();
    await expect(person.banner("The connection dropped.")).toBeHidden();
    await expect(person.texts).toHaveText(["Before", "One", "Two"]);
  }
});

test("a server that restarts in the middle of a conversation loses and doubles nothing", async ({ ada, grace, server }) => {
  await ada.say("One");
  await expect(grace.message("One")).toBeVisible();
  await grace.say("Two");
  await expect(ada.message("Two")).toBeVisible();
  await grace.composer.fill("Half a thought");

  await server.stop();
  await expect(ada.banner("The server is restarting.")).toBeVisible();
  await ada.say("Three");
  await server.start();
  await expect(grace.message("Three")).toBeVisible({ timeout: 40_000 });
  await ada.isConnected();
  await grace.isConnected();

  await expect(grace.composer).toHaveValue("Half a thought");
  await grace.say("Four");
  const talk = ["One", "Two", "Three", "Four"];
  await expect(ada.texts).toHaveText(talk);
  await expect(grace.texts).toHaveText(talk);
  await ada.page.reload();
  await expect(ada.texts).toHaveText(talk);
});

test("what was queued goes out after the tab was closed and opened again", async ({ ada, grace, server }) => {
  await server.kill();
  await expect(ada.banner("The connection dropped.")).toBeVisible();
  await ada.say("One");
  await ada.say("Two");
  await expect(ada.message("Two")).toHaveClass(/pending/);
  await ada.page.close();
  await server.start();

  const tab = await ada.secondTab("/");
  await expect(tab.texts).toHaveText(["One", "Two"]);
  await grace.page.reload();
  await expect(grace.texts).toHaveText(["One", "Two"]);
  await expect(tab.timeline.locator(".message-row--pending")).toHaveCount(0);
});

test("where WebSockets are blocked the page says so, and what to do", async ({ distantAda: ada, cable }) => {
  cable.forbidWebSockets();
  await ada.page.reload();
  await expect(ada.banner("Live updates are blocked.")).toContainText(
    "Something between you and the server refuses WebSockets.",
  );
  await ada.page.getByRole("button", { name: "What to do" }).click();
  await expect(ada.dialog("When live updates are blocked")).toBeVisible();
});

test("where storage is forbidden the page says so, and works", async ({ newcomer, grace }) => {
  const ada = await newcomer();
  await ada.takeName("Ada");
  await ada.page.addInitScript(() => {
    for (const storage of ["localStorage", "sessionStorage", "indexedDB"]) {
      Object.defineProperty(window, storage, {
        get() {
          throw new DOMException("Access is denied for this document.", "SecurityError");
        },
      });
    }
  });
  await ada.open();
  await ada.isIn("General Channel");
  await expect(ada.page.getByText("Nothing can be kept on this device.")).toBeVisible();
  await ada.say("Still here");
  await expect(grace.message("Still here")).toBeVisible();
});

test("a server that is newer than the page offers a reload, which keeps what was not sent", async ({ newcomer, grace }) => {
  const ada = await newcomer();
  await ada.takeName("Ada");
  let version = "99.0.0";
  await ada.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => socket.send(String(frame).replace(/"version":"[^"]*"/, `"version":"${version}"`)));
  });
  await ada.open();
  await expect(ada.banner("The server is newer than this page.")).toBeVisible();
  version = (await ada.page.locator("html").getAttribute("data-version")) ?? "";
  await ada.page.getByRole("button", { name: "Reload" }).click();
  await ada.isIn("General Channel");
  await expect(ada.banner("The server is newer than this page.")).toBeHidden();
  await ada.say("Up to date");
  await expect(grace.message("Up to date")).toBeVisible();
});

test.describe("when the app cannot be loaded", () => {
  test.use({ expectedTrouble: /ERR_FAILED|Failed to fetch/ });

  test("the page says so and offers a reload", async ({ newcomer }) => {
    const ada = await newcomer();
    await ada.takeName("Ada");
    await ada.page.route("**/*.wasm", (route) => route.abort());
    await ada.open();
    await expect(ada.page.getByRole("heading", { name: "The chat could not be loaded" })).toBeVisible();
    await ada.page.unroute("**/*.wasm");
    await ada.page.getByRole("link", { name: "Reload" }).click();
    await ada.isIn("General Channel");
  });

  test("a dialog that does not come is told, and opens when it does", async ({ newcomer }) => {
    const ada = await newcomer();
    await ada.page.route("**/split_*.wasm", (route) => route.abort());
    await ada.arriveAs("Ada");
    await ada.createButton.click();
    const told = ada.banner("Part of this page could not be loaded.");
    await expect(told).toBeVisible();

    await ada.page.unroute("**/split_*.wasm");
    await told.getByRole("button", { name: "Try again" }).click();
    await expect(ada.dialog("Create a channel")).toBeVisible();
    await expect(told).toBeHidden();
  });
});
