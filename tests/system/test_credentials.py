"""The places where AWS keys are found: files and environments are written here, and a small server
plays STS, SSO, the container endpoint and instance metadata."""
import hashlib
import http.server
import json
import os
import subprocess
import time
import urllib.parse

import botocore.utils
import dateutil.parser
import pytest
from conftest import BUILD, serving

FIND_KEYS = BUILD / "tests" / "aws" / "find_keys"
FUTURE = "2099-01-01T00:00:00Z"

STS = """<{a}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{a}Result><Credentials>
<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>sec/ret+{key}</SecretAccessKey><SessionToken>tok=={key}</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{a}Result></{a}Response>"""


class Cloud(http.server.BaseHTTPRequestHandler):
    """What AWS would answer; every request is kept."""

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self, body=""):
        self.server.seen.append((self.command, self.path, dict(self.headers), body))

    def do_PUT(self):
        self.note()
        self.answer(200 if self.server.is_instance else 404, "imds-token", "text/plain")

    def do_POST(self):
        if self.path == "/token":
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.note(request)
            ok = request == {"clientId": "cid", "clientSecret": "cs", "grantType": "refresh_token", "refreshToken": "fresh"}
            self.answer(200 if ok else 400, json.dumps({"accessToken": "sso-token", "expiresIn": 28800, "tokenType": "Bearer",
                                                        "refreshToken": "fresher"} if ok else {"error": "invalid_grant"}))
            return
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.note(form)
        if form["RoleArn"].endswith("refused"):
            self.answer(403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>")
        else:
            self.answer(200, STS.format(a=form["Action"], key="ROLE" + form["RoleArn"][-1]), "text/xml")

    def do_GET(self):
        self.note()
        path = urllib.parse.urlsplit(self.path).path
        keys = {"AccessKeyId": "ENDPOINT", "SecretAccessKey": "s", "Token": "t", "Expiration": FUTURE}
        if path == "/federation/credentials":
            keys = {"roleCredentials": {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4070908800000}}
            self.answer(200 if self.headers["x-amz-sso_bearer_token"] == "sso-token" else 401, json.dumps(keys))
        elif path == "/container":
            self.answer(200 if self.headers["Authorization"] == "container-token" else 401, json.dumps(keys))
        elif path == "/latest/meta-data/iam/security-credentials/":
            self.answer(200, "my-role", "text/plain")
        elif path == "/latest/meta-data/iam/security-credentials/my-role":
            ok = self.headers["X-aws-ec2-metadata-token"] == "imds-token"
            self.answer(200 if ok else 401, json.dumps({"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": FUTURE, **keys}))
        else:
            self.answer(404, "")


@pytest.fixture()
def cloud():
    with serving(Cloud, seen=[], is_instance=False) as server:
        yield server


@pytest.fixture()
def find(tmp_path, cloud):
    """A function from files and environment to what the program finds, as a dict with found or error."""
    (tmp_path / ".aws" / "sso" / "cache").mkdir(parents=True)

    def run(config="", credentials="", profile="", **env):
        (tmp_path / ".aws" / "config").write_text(config)
        (tmp_path / ".aws" / "credentials").write_text(credentials)
        env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "AWS_REGION": "us-east-1",
               "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_STS": cloud.url, "AWS_ENDPOINT_URL_SSO": cloud.url,
               "AWS_ENDPOINT_URL_SSO_OIDC": cloud.url, **env}
        out = subprocess.run([str(FIND_KEYS), *([profile] if profile else [])], env=env, capture_output=True, text=True, timeout=60)
        assert out.returncode in (0, 1) and "Sanitizer" not in out.stderr, out.stderr
        return json.loads(out.stdout)

    run.home = tmp_path
    return run


CREDENTIALS = """[base]
aws_access_key_id = BASE
aws_secret_access_key = base/secret
"""


def test_a_role_is_assumed_with_the_keys_of_its_source(find, cloud):
    config = ("[profile work]\nrole_arn = arn:aws:iam::1:role/1\nsource_profile = base\nexternal_id = e x\n"
              "role_session_name = me\nduration_seconds = 900\n")
    got = find(config, CREDENTIALS, AWS_PROFILE="work")
    assert (got["access_key"], got["secret_key"], got["token"]) == ("ROLE1", "sec/ret+ROLE1", "tok==ROLE1")
    assert got["expires_unix_ms"] == 4070908800000 and "role of the profile work" in got["source"]
    (method, path, headers, form), = cloud.seen
    assert form == {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/1",
                    "RoleSessionName": "me", "ExternalId": "e x", "DurationSeconds": "900"}
    assert "Credential=BASE/" in headers["Authorization"] and "/us-east-1/sts/aws4_request" in headers["Authorization"]


def test_roles_lead_to_roles(find, cloud):
    config = ("[profile a]\nrole_arn = arn:aws:iam::1:role/1\nsource_profile = b\n"
              "[profile b]\nrole_arn = arn:aws:iam::1:role/2\nsource_profile = base\n")
    assert find(config, CREDENTIALS, AWS_PROFILE="a")["access_key"] == "ROLE1"
    assert [f["RoleArn"][-1] for _, _, _, f in cloud.seen] == ["2", "1"]
    assert "Credential=ROLE2/" in cloud.seen[1][2]["Authorization"]


def test_a_role_may_start_from_the_environment_or_from_its_own_profile(find, cloud):
    config = "[profile a]\nrole_arn = arn:aws:iam::1:role/1\ncredential_source = Environment\n"
    keys = dict(AWS_ACCESS_KEY_ID="ENV", AWS_SECRET_ACCESS_KEY="s")
    assert find(config, profile="a", **keys)["access_key"] == "ROLE1"
    assert "Credential=ENV/" in cloud.seen[0][2]["Authorization"]
    config = "[profile a]\nrole_arn = arn:aws:iam::1:role/1\nsource_profile = a\naws_access_key_id=OWN\naws_secret_access_key=s\n"
    assert find(config, profile="a")["access_key"] == "ROLE1"
    assert "Credential=OWN/" in cloud.seen[1][2]["Authorization"]


@pytest.mark.parametrize("config, says", [
    ("[profile a]\nrole_arn = arn:x:refused\nsource_profile = base\n", "AccessDenied"),
    ("[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n", "has no end"),
    ("[profile a]\nrole_arn = r\nsource_profile = gone\n", "has no keys"),
    ("[profile a]\nrole_arn = r\nsource_profile = base\nmfa_serial = m\n", "mfa_serial"),
    ("[profile a]\nrole_arn = r\ncredential_source = Moon\n", "Moon"),
    ("[profile a]\nrole_arn = r\nsource_profile = base\nduration_seconds = x\n", "duration_seconds"),
    ("[profile b]\n", "profile a is in neither file"),
])
def test_a_wrong_profile_is_told(find, config, says):
    got = find(config, CREDENTIALS, AWS_PROFILE="a")
    assert got["code"] == "credentials" and says in got["error"]
    assert "base/secret" not in json.dumps(got)


def test_a_web_identity_assumes_a_role(find, cloud):
    (find.home / "token").write_text("jwt.token\n")
    env = dict(AWS_WEB_IDENTITY_TOKEN_FILE=str(find.home / "token"), AWS_ROLE_ARN="arn:aws:iam::1:role/3", AWS_ROLE_SESSION_NAME="pod")
    assert find(**env)["access_key"] == "ROLE3"
    (_, _, headers, form), = cloud.seen
    assert "Authorization" not in headers
    assert form["WebIdentityToken"] == "jwt.token" and form["RoleSessionName"] == "pod"
    config = f"[profile a]\nrole_arn = arn:aws:iam::1:role/4\nweb_identity_token_file = {find.home}/token\n"
    assert find(config, AWS_PROFILE="a")["access_key"] == "ROLE4"
    assert find(AWS_WEB_IDENTITY_TOKEN_FILE="/nonexistent", AWS_ROLE_ARN="r")["code"] == "credentials"


@pytest.mark.parametrize("config, hashed", [
    ("[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://u\n", "s"),
    ("[profile a]\nsso_start_url = https://u\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n", "https://u"),
])
def test_the_token_of_sso_login_gives_keys(find, cloud, config, hashed):
    cache = find.home / ".aws/sso/cache" / (hashlib.sha1(hashed.encode()).hexdigest() + ".json")
    got = find(config, AWS_PROFILE="a")
    assert got["code"] == "credentials" and "aws sso login --profile a" in got["fix"]
    cache.write_text(json.dumps({"accessToken": "sso-token", "expiresAt": "2020-01-01T00:00:00Z"}))
    assert "aws sso login" in find(config, AWS_PROFILE="a")["fix"]
    cache.write_text(json.dumps({"accessToken": "sso-token", "expiresAt": FUTURE}))
    got = find(config, AWS_PROFILE="a")
    assert got["access_key"] == "SSO" and got["expires_unix_ms"] == 4070908800000
    assert cloud.seen[0][1] == "/federation/credentials?role_name=r&account_id=1"


def test_a_container_endpoint_gives_keys(find, cloud):
    (find.home / "token").write_text("container-token\n")
    assert find(AWS_CONTAINER_CREDENTIALS_FULL_URI=cloud.url + "/container", AWS_CONTAINER_AUTHORIZATION_TOKEN="container-token")["access_key"] == "ENDPOINT"
    assert find(AWS_CONTAINER_CREDENTIALS_FULL_URI=cloud.url + "/container", AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong",
                AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(find.home / "token"))["access_key"] == "ENDPOINT"
    assert find(AWS_CONTAINER_CREDENTIALS_FULL_URI=cloud.url + "/container")["code"] == "credentials"
    assert "not this machine" in find(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://192.0.2.1/x")["error"]


def test_an_instance_gives_keys_by_a_session_token(find, cloud):
    cloud.is_instance = True
    env = dict(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=cloud.url + "/")
    assert find(**env)["access_key"] == "ENDPOINT"
    assert [m for m, *_ in cloud.seen] == ["PUT", "GET", "GET"]
    cloud.is_instance = False
    assert "instance metadata" in find(**env)["error"]


SERVICES = """[profile team]
services = lab
endpoint_url = http://profile.example:1
[profile plain]
endpoint_url = http://plain.example:2
[profile none]
services = nowhere
[services lab]
s3 =
  addressing_style = path
  endpoint_url = http://s3.example:3
emr =
  endpoint_url = https://emr.example
"""


@pytest.mark.parametrize("env", [
    {}, {"AWS_PROFILE": "team"}, {"AWS_PROFILE": "plain"},
    {"AWS_PROFILE": "team", "AWS_ENDPOINT_URL": "http://all.example:4"},
    {"AWS_PROFILE": "team", "AWS_ENDPOINT_URL_S3": "http://own.example:5"},
    {"AWS_ENDPOINT_URL_EMR": "http://own.example:6", "AWS_ENDPOINT_URL": "http://all.example:4"},
    {"AWS_PROFILE": "team", "AWS_ENDPOINT_URL_S3": "http://own.example:5", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    {"AWS_PROFILE": "team", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"},
    {"AWS_PROFILE": "plain", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"},
])
def test_endpoints_are_those_that_botocore_finds(tmp_path, monkeypatch, env):
    import botocore.session
    (tmp_path / "config").write_text(SERVICES)
    env = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
           "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true", **env}
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    session = botocore.session.Session()
    out = subprocess.run([str(FIND_KEYS)], env=env, capture_output=True, text=True, timeout=60)
    ours = json.loads(out.stdout)
    for service in ("s3", "emr"):
        theirs = session.create_client(service).meta.endpoint_url
        # botocore's own names for AWS are the regional ones, as ours.
        assert ours[service] == theirs.replace("https://eu-west-1.elasticmapreduce", "https://elasticmapreduce.eu-west-1"), env


def test_services_that_are_not_there_are_told(find):
    got = find("[profile none]\nservices = nowhere\n", AWS_PROFILE="none", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    assert "nowhere" in got["no_aws"]


SESSION = ("[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = us-east-1\n"
           "sso_start_url = https://u\n")


def cached(find, ends_in_s, **more):
    """A cache as botocore writes it, with a token that ends so soon."""
    def stamp(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    path = find.home / ".aws/sso/cache" / (hashlib.sha1(b"s").hexdigest() + ".json")
    path.write_text(json.dumps({"startUrl": "https://u", "region": "us-east-1", "accessToken": "old", "expiresAt": stamp(ends_in_s),
                                "clientId": "cid", "clientSecret": "cs", "registrationExpiresAt": stamp(86400), "refreshToken": "fresh"}
                               | more))
    return path


@pytest.mark.parametrize("ends_in_s", [-5, 600])
def test_a_token_that_ends_is_renewed_and_kept_for_the_aws_tools(find, cloud, ends_in_s):
    path = cached(find, ends_in_s)
    assert find(SESSION, AWS_PROFILE="a")["access_key"] == "SSO"
    assert [(m, p.partition("?")[0]) for m, p, *_ in cloud.seen] == [("POST", "/token"), ("GET", "/federation/credentials")]
    kept = json.loads(path.read_text())
    assert (kept["accessToken"], kept["refreshToken"], kept["clientId"], kept["startUrl"]) == ("sso-token", "fresher", "cid", "https://u")
    assert path.stat().st_mode & 0o777 == 0o600 and len(list(path.parent.iterdir())) == 1
    read = botocore.utils.SSOTokenLoader(cache=botocore.utils.JSONFileCache(str(path.parent)))("https://u", session_name="s")
    assert read["accessToken"] == "sso-token" and dateutil.parser.parse(read["expiresAt"]).timestamp() > time.time() + 3600
    # The next one needs no renewal.
    cloud.seen.clear()
    assert find(SESSION, AWS_PROFILE="a")["access_key"] == "SSO"
    assert [m for m, *_ in cloud.seen] == ["GET"]


def test_a_token_that_cannot_be_renewed_is_used_while_it_is_valid(find, cloud):
    path = cached(find, 600, accessToken="sso-token", refreshToken="stale")
    assert find(SESSION, AWS_PROFILE="a")["access_key"] == "SSO"
    assert json.loads(path.read_text())["accessToken"] == "sso-token"
    cached(find, -5, refreshToken="stale")
    assert "aws sso login" in find(SESSION, AWS_PROFILE="a")["fix"]
    cloud.seen.clear()
    cached(find, -5, registrationExpiresAt="2020-01-01T00:00:00Z")
    assert "aws sso login" in find(SESSION, AWS_PROFILE="a")["fix"] and cloud.seen == []
