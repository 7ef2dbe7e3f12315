"""Lists a bucket with boto3's paginator and says how many keys there are.  usage: list_boto3.py BUCKET"""
import sys

import boto3
from botocore.config import Config

s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=sys.argv[1])
print(sum(len(page.get("Contents", [])) for page in pages))
