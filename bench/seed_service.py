"""The notebook search as a small Python service does it: list, get each notebook, read it with json.

usage: seed_service.py [PORT]

The peer of the measurements.  GET /api/notebook?bucket=&path=&search_on= answers as the contract says.  One
request at a time, one kept connection to S3, json.loads of each whole notebook.  Credentials and endpoint come
from the environment, as boto3 reads them.  Prints its address when it listens.
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import boto3
import requests
from botocore.config import Config

s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
session = requests.Session()


def notebooks(bucket, path):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=path):
        for item in page.get("Contents", []):
            if item["Key"].endswith(".ipynb"):
                yield item["Key"]


def has_text(notebook, text):
    for cell in notebook.get("cells", []):
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            source = cell.get("source", "")
            if text in (source if isinstance(source, str) else "".join(source)):
                return True
    return False


def search(bucket, path, text):
    found = []
    for key in notebooks(bucket, path):
        url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
        answer = session.get(url, timeout=60)
        answer.raise_for_status()
        if has_text(json.loads(answer.content), text):
            found.append(f"s3://{bucket}/{key}")
    return found


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        body = json.dumps(search(query["bucket"], query.get("path", ""), query["search_on"])).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
    print(f"127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
