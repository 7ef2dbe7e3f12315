# SPDX-License-Identifier: Apache-2.0
"""JupyterHub of one local cluster: one user with a generated password, on loopback only.

The folder of the cluster, BOATHOUSE_CLUSTER, has settings.json and, at the first start and when the
password is replaced (SIGUSR2 says so), the file "password", of which only the salted hash is kept.
What the kernels do is written into activity.json.
"""
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import signal
import sys
import time
from datetime import datetime, timezone

from tornado.httpclient import AsyncHTTPClient
from jupyterhub.auth import Authenticator
from jupyterhub.spawner import SimpleLocalProcessSpawner

folder = pathlib.Path(os.environ["BOATHOUSE_CLUSTER"])
settings = json.loads((folder / "settings.json").read_text())
env = pathlib.Path(settings["environment"])


def put(path, text):
    """Whole or not at all, for the owner alone."""
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(text)
    new.replace(path)


def scrypt(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def take_password():
    """(salt, hash) of the password.  A file with a new one becomes its hash, and is gone afterwards."""
    clear, mine, kept = folder / "password", folder / "password.taken", folder / "password.hash"
    try:
        clear.rename(mine)  # signals may come while this runs: one of them gets it
    except FileNotFoundError:
        pass
    else:
        try:
            salt = secrets.token_bytes(16)
            put(kept, f"{salt.hex()}:{scrypt(mine.read_text(), salt).hex()}")
            mine.unlink()
        except OSError:
            mine.rename(clear)  # it is asked for again
            raise
    salt, digest = kept.read_text().split(":")
    return bytes.fromhex(salt), bytes.fromhex(digest)


def take_another(number, frame):
    try:
        current["password"] = take_password()
    except OSError as e:
        print(f"the new password could not be taken: {e}", file=sys.stderr)


current = {"password": take_password()}
signal.signal(signal.SIGUSR2, take_another)


class OneUser(Authenticator):
    """The user of the cluster and nobody else."""

    async def authenticate(self, handler, data):
        salt, digest = current["password"]
        is_right = hmac.compare_digest(scrypt(data["password"], salt), digest)
        return settings["user"] if is_right and data["username"] == settings["user"] else None


class InTheLake(SimpleLocalProcessSpawner):
    """A server as the user of this process, with the cluster's kernels, in the notebooks' bucket."""

    def user_env(self, env):
        env = super().user_env(env)
        env.update(settings["kernel_env"])
        env["HOME"] = settings["home"]
        return env

    async def poll(self):
        status = await super().poll()
        if status is None and self.server is not None:
            try:
                await self.note_activity()
            except Exception as e:  # a server that just starts, or is busy: the next look tells
                self.log.debug("no kernels are known: %s", e)
        return status

    async def note_activity(self):
        """For the one who ends idle clusters; asking is no activity itself, and goes not through the proxy."""
        answer = await AsyncHTTPClient().fetch(f"{self.server.url}api/kernels?no_track_activity=1",
                                               headers={"Authorization": f"token {self.api_token}"}, request_timeout=5)
        kernels = json.loads(answer.body)
        signs = [datetime.fromisoformat(k["last_activity"].replace("Z", "+00:00")) for k in kernels]
        if self.orm_spawner.last_activity:
            signs.append(self.orm_spawner.last_activity.replace(tzinfo=timezone.utc))
        busy = [k["name"] for k in kernels if k["execution_state"] in ("busy", "starting")]
        put(folder / "activity.json", json.dumps({
            "at_ms": int(time.time() * 1000),
            "active_ms": int(max((s.timestamp() for s in signs), default=0) * 1000),
            "busy": f"{len(busy)} of {len(kernels)} kernels work" if busy else "",
        }))


c = get_config()  # noqa: F821 # JupyterHub defines it
c.JupyterHub.authenticator_class = OneUser
c.Authenticator.allowed_users = {settings["user"]}
c.JupyterHub.spawner_class = InTheLake
c.JupyterHub.bind_url = f"http://127.0.0.1:{settings['hub_port']}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings['hub_api_port']}/"
c.JupyterHub.db_url = f"sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.JupyterHub.cleanup_servers = True
c.JupyterHub.cleanup_proxy = True
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings['proxy_api_port']}"
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")
c.ConfigurableHTTPProxy.command = [settings["node"], settings["proxy"]]
c.Spawner.cmd = [str(env / "bin" / "jupyterhub-singleuser")]
c.Spawner.args = ["--allow-root", "--LabApp.news_url=None",
                  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
c.Spawner.notebook_dir = settings["notebooks"]
c.Spawner.default_url = "/lab"
c.Spawner.poll_interval = settings["poll_s"]
c.Spawner.http_timeout = 120
c.Spawner.start_timeout = 120
