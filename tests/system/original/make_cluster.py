"""A client of the original cluster service: make a cluster, wait until JupyterHub is there, end it.

usage: make_cluster.py http://HOST:8080 NODES
"""
import shlex
import subprocess
import sys
import time

import requests

service, nodes = sys.argv[1:]
made = requests.post(f"{service}/api/emr/create/{nodes}").json()
for _ in range(600):
    info = requests.get(made["CheckClusterStatus"]).json()
    if info["ClusterStatus"] in ("RUNNING", "WAITING"):
        break
    time.sleep(0.1)
print(info["ClusterId"] == made["ClusterId"], info["ClusterStatus"])
print(info["JupyterHub"], info["JupyterUN"], info["JupyterPW"])
# The answer has the whole command.
ended = subprocess.run(shlex.split(made["TerminateCluster"]), capture_output=True, text=True, check=True)
print(ended.stdout.strip())
print(requests.get(made["CheckClusterStatus"]).json()["ClusterStatus"])
