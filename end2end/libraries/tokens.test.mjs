// Access tokens from the official Node library, unmodified: with a key that `yoriai keys add` made they
// open every door that takes tokens.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import twilio from "twilio";
import twilio3 from "twilio-3";

import { socket, tunnel } from "./doors.mjs";
import { Server } from "./stage.mjs";

for (const [version, library] of [["6.2.0", twilio], ["3.84.1", twilio3]]) {
  describe(`tokens of twilio ${version}`, () => {
    let server;

    before(async () => {
      server = await Server.start();
    });
    after(() => server.end());

    /** As every tutorial makes one. */
    function token(identity, options = {}, secret = server.keys.api_secret) {
      const { AccessToken } = library.jwt;
      const made = new AccessToken(server.keys.account_sid, server.keys.api_key, secret, { identity, ...options });
      made.addGrant(new AccessToken.ChatGrant({ serviceSid: server.keys.service_sid }));
      return made.toJwt();
    }

    for (const [door, opens] of Object.entries({ socket, tunnel })) {
      test(`one opens the ${door}, and another one renews it`, async () => {
        const identity = `花子 ${door}`;
        const opened = await opens(server.url, token(identity), token(identity, { ttl: 600 }));
        assert.deepEqual(opened, { identity, renewed: true });
      });

      test(`one of another secret does not open the ${door}`, async () => {
        const forged = token("eve", {}, "guessed".repeat(6));
        await assert.rejects(opens(server.url, forged, forged), /closed with 4002/);
      });

      test(`one of somebody else does not renew at the ${door}`, async () => {
        const opened = await opens(server.url, token("ada"), token("eve"));
        assert.deepEqual(opened, { identity: "ada", renewed: false });
      });
    }
  });
}
