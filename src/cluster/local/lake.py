# SPDX-License-Identifier: Apache-2.0
"""Runs in each kernel of a local cluster: s3://BUCKET/KEY is the file BUCKET/KEY of the lake.

So that notebooks run here unchanged that name their data as on a cluster of EMR: through fsspec,
pandas and, in the PySpark kernel (spark.py), Hadoop.
"""
import os

import fsspec
from fsspec.implementations.local import LocalFileSystem

_lake = os.environ["BOATHOUSE_LAKE"]


class LakeFileSystem(LocalFileSystem):
    """Objects of S3 as files of the lake's folder."""

    protocol = ("s3", "s3a", "s3n")

    def __init__(self, *args, **kwargs):
        # What is meant for S3 (key, secret, anon, client_kwargs ...) has no meaning here.
        super().__init__(auto_mkdir=True)

    @classmethod
    def _strip_protocol(cls, path):
        path = os.fspath(path)
        for name in cls.protocol:
            if path.startswith(name + "://"):
                return super()._strip_protocol(_lake + "/" + path[len(name) + 3:])
        if path == _lake or path.startswith(_lake + "/"):
            return super()._strip_protocol(path)
        return super()._strip_protocol(_lake + "/" + path.lstrip("/"))

    def unstrip_protocol(self, name):
        return "s3:/" + self._strip_protocol(name)[len(_lake):]


for _name in LakeFileSystem.protocol:
    fsspec.register_implementation(_name, LakeFileSystem, clobber=True)


def _read_parquet_through_fsspec():
    """pandas asks pyarrow for s3:// before fsspec, and pyarrow would go to AWS."""
    import pandas.io.parquet as parquet
    ask = parquet._get_path_or_handle

    def get_path_or_handle(path, fs, storage_options=None, mode="rb", is_dir=False):
        if fs is None and isinstance(path, str) and path.split("://")[0] in LakeFileSystem.protocol:
            path, storage_options = LakeFileSystem._strip_protocol(path), None
        return ask(path, fs, storage_options=storage_options, mode=mode, is_dir=is_dir)

    parquet._get_path_or_handle = get_path_or_handle


try:
    _read_parquet_through_fsspec()
except (ImportError, AttributeError):
    pass
