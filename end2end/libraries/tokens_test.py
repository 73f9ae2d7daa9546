"""Access tokens from the official Python library, unmodified: with a key that `yoriai keys add` made
they open every door that takes tokens."""

import json
import unittest

import aiohttp
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import ChatGrant

from stage import Server


class TokensTest(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.end)

    async def asyncSetUp(self):
        self.session = await self.enterAsyncContext(aiohttp.ClientSession())

    def token(self, identity, secret=None):
        """As every tutorial makes one."""
        keys = self.server.keys
        secret = secret or keys["api_secret"]
        token = AccessToken(keys["account_sid"], keys["api_key"], secret, identity=identity)
        token.add_grant(ChatGrant(service_sid=keys["service_sid"]))
        return token.to_jwt()

    async def test_one_opens_the_socket_and_another_one_renews_it(self):
        async with self.session.ws_connect(f"{self.server.url}/ws", protocols=["yoriai.v1"]) as line:
            await line.send_json({"hello": {"token": self.token("花子")}})
            self.assertEqual((await line.receive_json())["welcome"]["identity"], "花子")
            self.assertIn("ok", await self.renewed(line, self.token("花子")))
            self.assertIn("refused", await self.renewed(line, self.token("eve")))

    async def test_one_opens_the_tunnel_and_another_one_renews_it(self):
        async with self.session.ws_connect(f"{self.server.url}/v3/wsconnect") as line:
            for method, token, code in [
                ("init", self.token("花子"), 200),
                ("update", self.token("花子"), 200),
                ("update", self.token("eve"), 403),
            ]:
                status = await self.packet(line, method, token)
                self.assertEqual(status["code"], code, status)

    async def test_one_of_another_secret_opens_no_door(self):
        forged = self.token("eve", "guessed" * 6)
        async with self.session.ws_connect(f"{self.server.url}/ws", protocols=["yoriai.v1"]) as line:
            await line.send_json({"hello": {"token": forged}})
            self.assertEqual((await line.receive_json())["refused"]["code"], 20107)
        async with self.session.ws_connect(f"{self.server.url}/v3/wsconnect") as line:
            status = await self.packet(line, "init", forged)
            self.assertEqual((status["code"], status["errorCode"]), (401, 20107))

    async def renewed(self, line, token):
        request = {"ref": 1, "command": {"renew_token": {"token": token}}}
        await line.send_json({"request": request})
        while "reply" not in (frame := await line.receive_json()):
            pass
        return frame["reply"]

    async def packet(self, line, method, token):
        header = json.dumps({"method": method, "id": "TM1", "token": token, "payload_size": 0})
        await line.send_bytes(f"TWILSOCK V3.0 {len(header)}\r\n{header}\r\n".encode())
        return json.loads((await line.receive_bytes()).split(b"\r\n")[1])["status"]


if __name__ == "__main__":
    unittest.main()
