"""The REST API through the official Python library, unmodified, with the base URL changed."""

import base64
import datetime
import http.server
import json
import queue
import threading
import unittest
import urllib.parse

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from stage import Server

# Text that every layer must leave as it is.
FESTIVAL = "秋祭り 🎃 & = +1%"
THEN = datetime.datetime(2015, 7, 30, 20, 0, 0, tzinfo=datetime.timezone.utc)
LATER = datetime.datetime(2016, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
MANY = 260


class RestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = Server("--webhooks-to-private", "true")
        cls.addClassCleanup(server.end)
        cls.url, cls.keys = server.url, server.keys
        cls.client = cls.connect(cls.keys["account_sid"], cls.keys["auth_token"])
        cls.service = cls.client.chat.v2.services(cls.keys["service_sid"])

    @classmethod
    def connect(cls, name, secret):
        client = Client(name, secret, cls.keys["account_sid"])
        client.chat.base_url = cls.url
        return client

    def refused_list(self, asked, status, code):
        """The library has no exception of its own for a page that is refused."""
        with self.assertRaises(TwilioException) as caught:
            asked()
        response = caught.exception.args[1]
        self.assertEqual((response.status_code, json.loads(response.text)["code"]), (status, code))

    def refused(self, asked, status, code):
        with self.assertRaises(TwilioRestException) as caught:
            asked()
        self.assertEqual((caught.exception.status, caught.exception.code), (status, code))
        return caught.exception

    def test_a_file_is_brought_to_the_media_service_and_said_in_a_message(self):
        secret = f"{self.keys['account_sid']}:{self.keys['auth_token']}".encode()
        headers = {"Authorization": "Basic " + base64.b64encode(secret).decode()}
        address = f"{self.url}/v1/Services/{self.keys['service_sid']}/Media?Filename=minutes.txt"
        bring = urllib.request.Request(address, FESTIVAL.encode(), headers, method="POST")
        with urllib.request.urlopen(bring) as brought:
            sid = json.load(brought)["sid"]
        channel = self.service.channels(self.service.channels.create(friendly_name="Files").sid)
        message = channel.messages.create(media_sid=sid, from_="hana")
        self.assertEqual((message.type, message.body), ("media", None))
        size = len(FESTIVAL.encode())
        expected = {"sid": sid, "size": size, "content_type": "text/plain", "filename": "minutes.txt"}
        self.assertEqual(message.media, expected)
        self.refused(lambda: channel.messages.create(media_sid=sid), 409, 50507)

    def test_an_api_key_opens_the_door_as_the_account_does(self):
        by_key = self.connect(self.keys["api_key"], self.keys["api_secret"])
        [only] = by_key.chat.v2.services.list()
        self.assertEqual(only.sid, self.keys["service_sid"])
        self.assertIsInstance(only.date_created, datetime.datetime)
        self.assertEqual(self.service.fetch().limits["channel_members"], 100)
        wrong = self.connect(self.keys["api_key"], "wrong")
        self.refused_list(lambda: wrong.chat.v2.services.list(), 401, 20003)

    def test_a_channel_is_made_found_changed_and_deleted(self):
        attributes = json.dumps({"topic": FESTIVAL}, ensure_ascii=False)
        made = self.service.channels.create(
            friendly_name=FESTIVAL,
            unique_name="祭り",
            attributes=attributes,
            type="private",
            created_by="花子",
            date_created=THEN,
            date_updated=LATER,
        )
        self.assertEqual((made.friendly_name, made.type), (FESTIVAL, "private"))
        self.assertEqual((made.date_created, made.date_updated), (THEN, LATER))
        self.assertEqual((made.created_by, made.attributes), ("花子", attributes))
        self.assertEqual(self.service.channels("祭り").fetch().sid, made.sid)
        hidden = self.service.channels.list(type=["private"])
        self.assertIn(made.sid, [channel.sid for channel in hidden])
        changed = self.service.channels(made.sid).update(friendly_name="春 🌸", unique_name="")
        self.assertEqual((changed.friendly_name, changed.unique_name), ("春 🌸", None))
        self.assertTrue(self.service.channels(made.sid).delete())
        self.assertTrue(self.service.channels(made.sid).delete(), "what is gone stays gone")
        self.refused(lambda: self.service.channels(made.sid).fetch(), 404, 50300)

    def test_an_error_brings_status_code_and_message(self):
        taken = lambda: self.service.channels.create(friendly_name="x", unique_name="general")
        error = self.refused(taken, 409, 50307)
        self.assertIn("Another channel has this address.", error.msg)
        self.refused(lambda: self.service.channels.create(friendly_name="x" * 65), 400, 50003)
        self.assertEqual(self.service.channels.create().friendly_name, "Channel")
        self.refused(lambda: self.client.chat.v2.services("IS1").fetch(), 404, 20404)

    def test_messages_are_posted_dated_changed_and_deleted(self):
        channel = self.channel("Messages")
        first = channel.messages.create(body=FESTIVAL, attributes="[1]")
        self.assertEqual((first._from, first.body, first.index), ("system", FESTIVAL, 0))
        second = channel.messages.create(
            body="昔々", from_="花子", date_created=THEN, date_updated=LATER, last_updated_by="太郎"
        )
        self.assertEqual((second._from, second.date_created), ("花子", THEN))
        self.assertEqual((second.date_updated, second.last_updated_by), (LATER, "太郎"))
        changed = channel.messages(first.sid).update(body="Anew 🍵")
        self.assertEqual((changed.body, changed.was_edited), ("Anew 🍵", True))
        bodies = [message.body for message in channel.messages.list(order="desc")]
        self.assertEqual(bodies, ["昔々", "Anew 🍵"])
        self.assertTrue(channel.messages(first.sid).delete())
        self.assertEqual(len(channel.messages.list()), 1)
        self.refused(lambda: channel.messages.create(body=""), 400, 50503)

    def test_many_messages_come_over_all_pages(self):
        channel = self.channel("Many")
        said = [f"{number} 話" for number in range(MANY)]
        for body in said:
            channel.messages.create(body=body)
        self.assertEqual([message.body for message in channel.messages.list()], said)
        some = [message.index for message in channel.messages.stream(limit=7, page_size=3)]
        self.assertEqual(some, list(range(7)))
        page = channel.messages.page(page_size=100)
        sizes = []
        while page is not None:
            sizes.append(len(list(page)))
            page = page.next_page()
        self.assertEqual(sizes, [100, 100, 60])

    def test_members_and_invites(self):
        channel = self.channel("Members")
        made = channel.members.create(identity="花子", attributes='{"cup":"🍵"}')
        self.assertEqual((made.identity, made.attributes), ("花子", '{"cup":"🍵"}'))
        self.refused(lambda: channel.members.create(identity="花子"), 409, 50404)
        channel.messages.create(body="Hello")
        changed = channel.members("花子").update(last_consumed_message_index=0)
        self.assertEqual((changed.sid, changed.last_consumed_message_index), (made.sid, 0))
        self.assertEqual(len(channel.members.list(identity=["花子", "nobody"])), 1)
        self.assertTrue(channel.members(made.sid).delete())
        self.assertEqual(channel.members.list(), [])
        invite = channel.invites.create(identity="太郎 🌻")
        self.assertEqual([listed.sid for listed in channel.invites.list()], [invite.sid])
        self.assertEqual(channel.invites(invite.sid).fetch().identity, "太郎 🌻")
        self.assertTrue(channel.invites(invite.sid).delete())
        self.assertEqual(channel.invites.list(), [])

    def test_users_their_channels_and_roles(self):
        made = self.service.users.create(identity="次郎", friendly_name=FESTIVAL)
        self.assertEqual((made.friendly_name, made.joined_channels_count), (FESTIVAL, 0))
        role = self.service.roles.create("見る 👀", "deployment", ["joinChannel", "createChannel"])
        self.assertEqual(role.permissions, ["createChannel", "joinChannel"])
        user = self.service.users("次郎")
        self.assertEqual(user.update(role_sid=role.sid).role_sid, role.sid)
        self.refused(lambda: self.service.roles(role.sid).delete(), 409, 60051)
        channel = self.channel("User channels")
        channel.members.create(identity="次郎")
        channel.messages.create(body="One")
        [mine] = user.user_channels.list()
        self.assertEqual((mine.status, mine.unread_messages_count), ("joined", 1))
        read = user.user_channels(mine.channel_sid).update(
            last_consumed_message_index=0, notification_level="muted"
        )
        self.assertEqual((read.unread_messages_count, read.notification_level), (0, "muted"))
        self.assertTrue(user.user_channels(mine.channel_sid).delete())
        self.assertEqual(user.user_channels.list(), [])
        self.assertTrue(user.delete())
        self.assertTrue(self.service.roles(role.sid).delete())

    def test_another_service_has_channels_of_its_own(self):
        made = self.client.chat.v2.services.create(friendly_name="秋 🍂")
        other = self.client.chat.v2.services(made.sid)
        other.channels.create(unique_name="only-there")
        self.assertEqual(len(other.channels.list()), 2)
        self.refused(lambda: self.service.channels("only-there").fetch(), 404, 50300)
        self.assertEqual(self.client.chat.v2.services.list()[-1].sid, made.sid)
        self.assertTrue(other.delete())
        self.refused(lambda: other.fetch(), 404, 20404)

    def test_who_is_online_and_how_far_others_have_read_are_settings(self):
        sid = self.service.users.create(identity="online").sid
        self.assertIs(self.service.users(sid).fetch().is_online, False)
        [listed] = self.service.users.list(limit=1)
        self.assertEqual((listed.is_online, listed.is_notifiable), (None, None))
        for on, seconds in [(False, 20), (True, 5)]:
            service = self.service.update(
                reachability_enabled=on, read_status_enabled=on, consumption_report_interval=seconds
            )
            self.assertEqual((service.reachability_enabled, service.read_status_enabled), (on, on))
            self.assertEqual(service.consumption_report_interval, seconds)
            self.assertEqual(self.service.users(sid).fetch().is_online, False if on else None)
        self.refused(lambda: self.service.update(consumption_report_interval=0), 400, 50053)

    def test_a_channels_webhook_is_made_listed_changed_and_deleted(self):
        webhooks = self.channel("Webhooks").webhooks
        made = webhooks.create(
            type="webhook",
            configuration_url="https://hooks.example/x",
            configuration_filters=["onMessageSent", "onMemberAdded"],
            configuration_retry_count=3,
        )
        self.assertEqual(made.configuration["filters"], ["onMessageSent", "onMemberAdded"])
        self.assertEqual([each.sid for each in webhooks.list()], [made.sid])
        changed = webhooks(made.sid).update(configuration_method="GET")
        self.assertEqual(changed.configuration["method"], "GET")
        self.assertEqual(webhooks(made.sid).fetch().configuration["retry_count"], 3)
        self.assertTrue(webhooks(made.sid).delete())
        self.refused(lambda: webhooks(made.sid).fetch(), 404, 50320)

    def test_what_a_webhook_is_told_carries_a_signature_that_the_library_validates(self):
        with Receiver() as receiver:
            for method in ["POST", "GET"]:
                self.service.update(
                    post_webhook_url=receiver.url,
                    webhook_method=method,
                    webhook_filters=["onMessageSent"],
                )
                self.service.channels("general").messages.create(
                    body=FESTIVAL, x_twilio_webhook_enabled="true"
                )
                url, form, signature = receiver.heard.get(timeout=30)
                if method == "POST":
                    self.assertEqual(form["Body"], FESTIVAL)
                validator = RequestValidator(self.keys["auth_token"])
                self.assertTrue(validator.validate(url, form, signature))
                self.assertFalse(validator.validate(url, {**form, "Body": "Forged"}, signature))
            self.service.update(post_webhook_url="")

    def test_what_the_server_does_not_do_is_501(self):
        channel = self.service.channels("general")
        for asked in [
            lambda: self.client.chat.v2.credentials.list(),
            lambda: self.service.bindings.list(),
            lambda: self.service.users("ada").user_bindings.list(),
        ]:
            self.refused_list(asked, 501, 60061)
        for asked in [
            lambda: self.client.chat.v2.credentials("CR1").fetch(),
            lambda: channel.webhooks.create(type="studio"),
        ]:
            self.refused(asked, 501, 60061)

    def channel(self, name):
        made = self.service.channels.create(friendly_name=name)
        return self.service.channels(made.sid)


class Receiver:
    """A backend that webhooks call: it keeps what they say."""

    def __enter__(self):
        self.heard = queue.Queue()
        heard = self.heard

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                text = self.rfile.read(length).decode()
                form = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
                url = f"http://{self.headers['Host']}{self.path}"
                heard.put((url, form, self.headers["X-Twilio-Signature"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks?key=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    unittest.main()
