import { expect, test } from "../fixtures";

test("a newcomer picks a name and is in the General Channel", async ({ newcomer }) => {
  const ada = await newcomer();
  await ada.open();
  await ada.signInAs("Ada");

  await ada.isIn("General Channel");
  await expect(ada.channel("General Channel")).toHaveAttribute("aria-current", "page");
  await expect(ada.members.getByText("Ada")).toBeVisible();
});

test.describe("the card of a server with a name and a host", () => {
  test.use({ settings: { "host-line": "Hosted by the water committee" } });

  test("shows both", async ({ newcomer }) => {
    const { page } = await (await newcomer()).open();
    await expect(page.getByRole("heading", { name: "Join Hoshitani Valley" })).toBeVisible();
    await expect(page.getByText("Hosted by the water committee")).toBeVisible();
    await expect(page).toHaveTitle("Join Hoshitani Valley · Yoriai");
  });
});

test("the card works before the app has arrived", async ({ newcomer }) => {
  const ada = await newcomer();
  const arrive = await held(ada.page);
  await ada.open();
  await ada.signInAs("Ada");
  await expect(ada.page.getByRole("heading", { name: "Connecting to Hoshitani Valley" })).toBeVisible();

  arrive();
  await ada.isIn("General Channel");
});

test("a name that was typed before the app arrived is not lost", async ({ newcomer }) => {
  const ada = await newcomer();
  const arrive = await held(ada.page);
  await ada.open();
  await ada.nameField.pressSequentially("Ada Lo");

  const arrived = ada.page.waitForEvent("requestfinished", (request) => request.url().endsWith(".wasm"));
  arrive();
  await arrived;
  await expect(ada.nameField).toBeFocused();
  await ada.page.keyboard.type("velace");
  await expect(ada.nameField).toHaveValue("Ada Lovelace");
  await ada.page.keyboard.press("Enter");

  await ada.isIn("General Channel");
  await expect(ada.members.getByText("Ada Lovelace")).toBeVisible();
});

test("words written before the app arrived are in the message box", async ({ newcomer }) => {
  const ada = await newcomer();
  await ada.takeName("Ada");
  const arrive = await held(ada.page);
  await ada.open();
  await ada.page.locator("#composer").fill("Good morning");

  arrive();
  await expect(ada.composerFor("General Channel")).toHaveValue("Good morning");
});

const refusedNames = [
  { kind: "blank", name: "  ", sentence: "Enter a name." },
  { kind: "too short", name: "A", sentence: "The name is too short: 2 characters at least." },
  { kind: "too long", name: "A".repeat(33), sentence: "The name is too long: 32 characters at most." },
  {
    kind: "partly invisible",
    name: "Ada\u200BLovelace",
    sentence: "The name has characters that cannot be seen. Type it anew.",
  },
];

for (const { kind, name, sentence } of refusedNames) {
  test(`a name that is ${kind} is refused beside its field`, async ({ newcomer }) => {
    const ada = await newcomer();
    await ada.open();
    await ada.signInAs(name);

    await expect(ada.page.getByText(sentence)).toBeVisible();
    await expect(ada.nameField).toHaveAttribute("aria-invalid", "true");
    await expect(ada.nameField).toHaveValue(name);
    await ada.signInAs("Ada");
    await ada.isIn("General Channel");
  });
}

test.describe("where a refused form is answered with a page", () => {
  test.use({ expectedTrouble: /status of 4\d\d|ERR_FAILED|Failed to fetch/ });

  test("a name is refused without the app, too", async ({ newcomer, stage }) => {
    await stage.voice("Ada");
    const grace = await newcomer();
    await grace.page.route("**/*.wasm", (route) => route.abort());
    await grace.open();
    await grace.signInAs("A");
    await expect(grace.page.getByText("The name is too short: 2 characters at least.")).toBeVisible();
    await expect(grace.nameField).toHaveValue("A");

    await grace.signInAs("Ada");
    await expect(grace.page.getByText("Ada is taken, or looks like a name that is.")).toBeVisible();
    await expect(grace.page.getByRole("button", { name: /Ada ?.+/ })).toBeVisible();
  });
});

for (const name of ["Ada", "ada", "Аdа" /* with Cyrillic letters */]) {
  test(`a name is taken for whoever writes it ${[...name].map((c) => c.codePointAt(0)).join(" ")}`, async ({ newcomer, stage }) => {
    await stage.voice("Ada");
    const second = await newcomer();
    await second.open();
    await second.signInAs(name);

    await expect(second.page.getByText(`${name} is taken, or looks like a name that is. Free at the moment:`)).toBeVisible();
    const suggestion = second.page.locator(".field__suggestions").getByRole("button");
    const free = (await suggestion.innerText()).trim();
    expect(free).not.toBe(name);
    await suggestion.click();
    await second.isIn("General Channel");
    await expect(second.members.getByText(free, { exact: true })).toBeVisible();
  });
}

test.describe("where guests are not admitted", () => {
  test.use({ settings: { guests: "false" } });

  test("an account comes in with its password, and only with that", async ({ newcomer, server }) => {
    server.addUser("Ada", "correct horse battery staple");
    const ada = await newcomer();
    await ada.open();
    await expect(ada.page.getByText("Sign in with your account. Guests are not admitted here.")).toBeVisible();
    await expect(ada.joinButton).toBeHidden();

    await ada.signInWith("Ada", "");
    await expect(ada.page.getByText("Enter your password.")).toBeVisible();
    await ada.signInWith("Ada", "wrong");
    await expect(ada.page.getByText("The name and the password do not match.")).toBeVisible();
    await ada.signInWith("Ada", "correct horse battery staple");
    await ada.isIn("General Channel");
  });
});

test("an account's name is not for guests, and its owner is shown the way in", async ({ newcomer, server }) => {
  server.addUser("Ada", "correct horse battery staple");
  const ada = await newcomer();
  await ada.open();
  await ada.signInAs("Ada");
  await expect(ada.page.getByText("This name belongs to an account.")).toBeVisible();

  await ada.chooseAccount();
  await ada.signInWith("Ada", "correct horse battery staple");
  await ada.isIn("General Channel");
});

test("a password can be looked at", async ({ newcomer }) => {
  const ada = await newcomer();
  await ada.open();
  await ada.chooseAccount();
  await ada.passwordField.fill("secret");
  await expect(ada.passwordField).toHaveAttribute("type", "password");
  await ada.page.getByRole("button", { name: "Show password" }).click();
  await expect(ada.passwordField).toHaveAttribute("type", "text");
});

/** Keeps the app from arriving until the answer is called. */
async function held(page: import("@playwright/test").Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
