"""A real S3 server for tests: Ceph's radosgw with one monitor and one object store in memory.

    with RadosGateway(folder) as s3:
        s3.endpoint, s3.access_key, s3.secret_key

It listens on free ports of 127.0.0.1, keeps everything in the folder, and stops what it started by
process id: gateway first, then the object store, then the monitor.  Three settings matter: the
gateway's "--ms-mon-client-mode=crc" (its default asks for encryption, impossible with
authentication off: it would hang), "tcp_nodelay=1" (or every kept-alive request waits 40 ms), and
short Paxos intervals (or the start takes 14 s instead of 2).  A bucket may stand in the host name
too, before ".localhost".
"""
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import time
import uuid

PROGRAMS = ("radosgw", "radosgw-admin", "ceph", "ceph-mon", "ceph-osd", "monmaptool")

CONF = """[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{v2}/0,v1:127.0.0.1:{v1}/0]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
paxos propose interval = 0.05
paxos min wait = 0.01
mon allow pool size one = true
osd objectstore = memstore
memstore device bytes = 4294967296
run dir = {d}/run
admin socket = {d}/run/$name.asok
log file = {d}/log/$name.log
pid file = {d}/run/$name.pid
mon data = {d}/data/mon
osd data = {d}/data/osd
rgw data = {d}/data/rgw
rgw thread pool size = 64
rgw dns name = localhost
"""


def missing():
    """The programs that are not installed, as text; empty when all are there."""
    return ", ".join(p for p in PROGRAMS if shutil.which(p) is None)


def free_ports(n):
    held = [socket.socket() for _ in range(n)]
    for s in held:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class RadosGateway:
    """One gateway with one user, and a second user who owns nothing."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.access_key, self.secret_key = secrets.token_hex(10).upper(), secrets.token_hex(20)
        self.other_access_key, self.other_secret_key = secrets.token_hex(10).upper(), secrets.token_hex(20)
        self._running = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        d = self.folder
        for name in ("data/mon", "data/osd", "data/rgw", "run", "log"):
            (d / name).mkdir(parents=True, exist_ok=True)
        v2, v1, self.port = free_ports(3)
        fsid, osd = uuid.uuid4(), uuid.uuid4()
        self.conf = d / "ceph.conf"
        self.conf.write_text(CONF.format(fsid=fsid, d=d, v1=v1, v2=v2))
        self._run("monmaptool", "--create", "--clobber", "--addv", "a", f"[v2:127.0.0.1:{v2},v1:127.0.0.1:{v1}]",
                  "--fsid", fsid, d / "data/monmap", conf=False)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", d / "data/monmap")
        self._spawn("mon", "ceph-mon", "-i", "a", "-f")
        self._wait("the monitor", lambda: self._try("ceph", "-s") is not None)
        self._run("ceph", "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._spawn("osd", "ceph-osd", "-i", "0", "-f")
        self._wait("the object store", lambda: "1 up" in (self._try("ceph", "osd", "stat") or ""))
        for uid, key, secret in (("test", self.access_key, self.secret_key),
                                 ("other", self.other_access_key, self.other_secret_key)):
            self._run("radosgw-admin", "user", "create", f"--uid={uid}", f"--display-name={uid}", f"--access-key={key}",
                      f"--secret-key={secret}", "--max-buckets=1000")
        self._spawn("rgw", "radosgw", "-n", "client.admin", f"--rgw-data={d}/data/rgw", "--ms-mon-client-mode=crc", "-f",
                    f"--rgw-frontends=beast endpoint=127.0.0.1:{self.port} tcp_nodelay=1")
        self._wait("the gateway", self._listens)

    def stop(self):
        while self._running:
            name, child, out = self._running.pop()
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
            out.close()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def env(self, **more):
        """What a client needs to find it, as environment variables."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key,
                "AWS_ENDPOINT_URL": self.endpoint, "AWS_DEFAULT_REGION": "us-east-1", **more}

    def client(self, other=False):
        """boto3's S3 client."""
        import boto3
        from botocore.config import Config
        return boto3.client("s3", endpoint_url=self.endpoint, region_name="us-east-1",
                            aws_access_key_id=self.other_access_key if other else self.access_key,
                            aws_secret_access_key=self.other_secret_key if other else self.secret_key,
                            config=Config(s3={"addressing_style": "path"}, max_pool_connections=32,
                                          request_checksum_calculation="when_required",
                                          response_checksum_validation="when_required"))

    def _argv(self, program, args, conf=True):
        return [program, *(["-c", str(self.conf)] if conf else []), *map(str, args)]

    def _run(self, program, *args, conf=True):
        out = subprocess.run(self._argv(program, args, conf), capture_output=True, text=True, timeout=60, cwd=self.folder)
        if out.returncode != 0:
            raise RuntimeError(f"{program} {' '.join(map(str, args))}: {out.stderr[-800:]}")
        return out.stdout

    def _try(self, program, *args):
        try:
            out = subprocess.run(self._argv(program, args), capture_output=True, text=True, timeout=3)
        except subprocess.TimeoutExpired:
            return None
        return out.stdout if out.returncode == 0 else None

    def _spawn(self, name, program, *args):
        out = open(self.folder / "log" / f"{name}.out", "wb")
        child = subprocess.Popen(self._argv(program, args), stdout=out, stderr=subprocess.STDOUT, cwd=self.folder)
        self._running.append((name, child, out))

    def _listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def _wait(self, what, condition, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            for name, child, _ in self._running:
                if child.poll() is not None:
                    text = (self.folder / "log" / f"{name}.out").read_text(errors="replace")
                    raise RuntimeError(f"{name} ended with {child.returncode}: {text[-800:]}")
            time.sleep(0.05)
        raise RuntimeError(f"{what} did not come up within {seconds} s; see {self.folder}/log")


if __name__ == "__main__":
    import sys
    with RadosGateway(sys.argv[1]) as gateway:
        for key, value in gateway.env().items():
            print(f"export {key}={value}", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
