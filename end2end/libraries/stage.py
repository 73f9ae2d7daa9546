"""The real server, on a free port, with a data folder of its own, and what a backend must know of it."""

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", CACHE / "yoriai/target"))
BINARY = os.environ.get("YORIAI_BIN", str(TARGET / "release/yoriai"))
ANY = "1000000/s, burst 1000000"


class Server:
    """Starts one that tells nobody to slow down."""

    def __init__(self, *options):
        self.data = tempfile.TemporaryDirectory(prefix="yoriai-")
        # Nothing that a developer has set for their own server.
        env = {name: value for name, value in os.environ.items() if not name.startswith("YORIAI_")}
        add = [BINARY, "keys", "add", "--json", "--data", self.data.name]
        self.keys = json.loads(subprocess.run(add, env=env, check=True, capture_output=True).stdout)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        serve = [BINARY, "serve", "--listen", f"127.0.0.1:{port}", "--data", self.data.name]
        serve += ["--rate-channel", ANY, "--rate-channels", ANY, *options]
        self.process = subprocess.Popen(serve, env=env, stdout=subprocess.DEVNULL)
        while not is_ready(self.url):
            assert self.process.poll() is None, "the server does not start"
            time.sleep(0.02)

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.data.cleanup()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_ready(url):
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=1) as response:
            return response.status == 200
    except OSError:
        return False
