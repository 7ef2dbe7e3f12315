"""A client of the original notebook service: which notebooks use a dataset by their parameters?

usage: find_analyses.py http://HOST:8082 BUCKET PATH TEXT
"""
import sys

import requests

service, bucket, path, search_on = sys.argv[1:]
for uri in requests.get(f"{service}/api/notebook", params={"bucket": bucket, "path": path, "search_on": search_on}).json():
    print(uri)
