"""What a person does with a JupyterHub in a browser, over HTTP: log in, save a notebook, run it.

usage: hub_client.py HUB_URL USER run PATH KERNEL <CODE-CELLS.json   (a list of texts on standard input)
       hub_client.py HUB_URL USER list FOLDER
The password is in HUB_PASSWORD.  Prints JSON.  Needs requests and websocket-client, which the
environment of local clusters has.
"""
import json
import os
import re
import sys
import time
import uuid

import requests
import websocket

TIMEOUT_S = 180


class Hub:
    def __init__(self, url, user, password):
        self.url, self.user, self.session = url, user, requests.Session()
        page = self.session.get(f"{url}/hub/login", timeout=TIMEOUT_S)
        xsrf = re.search(r'name="_xsrf" value="([^"]*)"', page.text).group(1)
        answer = self.session.post(f"{url}/hub/login", data={"username": user, "password": password, "_xsrf": xsrf},
                                   allow_redirects=False, timeout=TIMEOUT_S)
        if answer.status_code != 302:
            raise SystemExit(f"not logged in: {answer.status_code}")

    def start(self):
        """Start the person's server and wait until it answers."""
        end = time.monotonic() + TIMEOUT_S
        while time.monotonic() < end:
            answer = self.session.get(f"{self.url}/hub/spawn", timeout=TIMEOUT_S)
            if f"/user/{self.user}/" in answer.url and "spawn-pending" not in answer.url:
                self.server = f"{self.url}/user/{self.user}"
                self.session.headers["X-XSRFToken"] = self.xsrf()
                return
            time.sleep(0.5)
        raise SystemExit(f"the server did not start: {answer.url}")

    def xsrf(self):
        return next(c.value for c in self.session.cookies if c.name == "_xsrf" and c.path == f"/user/{self.user}/")

    def api(self, method, path, **more):
        answer = self.session.request(method, f"{self.server}/api/{path}", timeout=TIMEOUT_S, **more)
        if answer.status_code >= 400:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    def execute(self, kernel, code):
        """The text that a cell printed, and its error if it has one."""
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.session.cookies if self.url and f"/user/{self.user}/".startswith(c.path))
        ws = websocket.create_connection(self.server.replace("http", "ws", 1) + f"/api/kernels/{kernel}/channels", cookie=cookies,
                                         header=[f"X-XSRFToken: {self.session.headers['X-XSRFToken']}"], timeout=TIMEOUT_S,
                                         origin=self.url)
        message = uuid.uuid4().hex
        ws.send(json.dumps({"channel": "shell", "header": {"msg_id": message, "msg_type": "execute_request", "username": "", "session": message,
                                                           "version": "5.3"},
                            "parent_header": {}, "metadata": {}, "buffers": [],
                            "content": {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}}))
        text, error = "", None
        while True:
            answer = json.loads(ws.recv())
            if answer["parent_header"].get("msg_id") != message:
                continue
            kind, content = answer["msg_type"], answer["content"]
            if kind == "stream":
                text += content["text"]
            elif kind in ("execute_result", "display_data"):
                text += content["data"].get("text/plain", "") + "\n"
            elif kind == "error":
                error = f"{content['ename']}: {content['evalue']}"
            elif kind == "status" and content["execution_state"] == "idle":
                ws.close()
                return text, error


def run(hub, path, kernel, cells):
    notebook = {"cells": [{"cell_type": "code", "execution_count": None, "id": f"cell{i}", "metadata": {}, "outputs": [], "source": code}
                          for i, code in enumerate(cells)],
                "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    hub.api("PUT", f"contents/{path}", json={"type": "notebook", "format": "json", "content": notebook})
    session = hub.api("POST", "sessions", json={"path": path, "type": "notebook", "name": path, "kernel": {"name": kernel}})
    outputs = []
    for i, code in enumerate(cells):
        text, error = hub.execute(session["kernel"]["id"], code)
        outputs.append({"text": text, "error": error})
        notebook["cells"][i].update(execution_count=i + 1, outputs=[{"output_type": "stream", "name": "stdout", "text": text}])
        if error:
            break
    hub.api("PUT", f"contents/{path}", json={"type": "notebook", "format": "json", "content": notebook})
    return outputs


def main(url, user, verb, path, *more):
    hub = Hub(url, user, os.environ["HUB_PASSWORD"])
    hub.start()
    if verb == "run":
        print(json.dumps(run(hub, path, more[0], json.load(sys.stdin))))
    else:
        print(json.dumps(sorted(item["path"] for item in hub.api("GET", f"contents/{path}")["content"])))


main(*sys.argv[1:])
