# SPDX-License-Identifier: Apache-2.0
"""JupyterHub of one local cluster: one user with a generated password, on loopback only.

The folder of the cluster, BOATHOUSE_CLUSTER, has settings.json and, at the first start, the file
"password", which is replaced by its salted hash and never written again.
"""
import hashlib
import hmac
import json
import os
import pathlib
import secrets

from jupyterhub.auth import Authenticator
from jupyterhub.spawner import SimpleLocalProcessSpawner

folder = pathlib.Path(os.environ["BOATHOUSE_CLUSTER"])
settings = json.loads((folder / "settings.json").read_text())
env = pathlib.Path(settings["environment"])


def scrypt(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def take_password():
    """(salt, hash) of the password."""
    clear, kept = folder / "password", folder / "password.hash"
    if clear.exists():
        salt = secrets.token_bytes(16)
        text = f"{salt.hex()}:{scrypt(clear.read_text(), salt).hex()}"
        with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(text)
        clear.unlink()
    salt, digest = kept.read_text().split(":")
    return bytes.fromhex(salt), bytes.fromhex(digest)


salt, digest = take_password()


class OneUser(Authenticator):
    """The user of the cluster and nobody else."""

    async def authenticate(self, handler, data):
        is_right = hmac.compare_digest(scrypt(data["password"], salt), digest)
        return settings["user"] if is_right and data["username"] == settings["user"] else None


class InTheLake(SimpleLocalProcessSpawner):
    """A server as the user of this process, with the cluster's kernels, in the notebooks' bucket."""

    def user_env(self, env):
        env = super().user_env(env)
        env.update(settings["kernel_env"])
        env["HOME"] = settings["home"]
        return env


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
c.Spawner.http_timeout = 120
c.Spawner.start_timeout = 120
