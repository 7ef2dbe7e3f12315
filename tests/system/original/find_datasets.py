"""A client of the original file service: which files of a kind are below a path?

usage: find_datasets.py http://HOST:8081 BUCKET PATH EXTENSION
"""
import sys

import requests

service, bucket, path, extension = sys.argv[1:]
for key in requests.get(f"{service}/api/s3", params={"bucket": bucket, "path": path, "extension": extension}).json():
    print(key)
