"""Adds up JUnit reports: names what failed and what was skipped, and ends with the totals.

usage: count_tests.py REPORT.xml...
Exit status 1 if a test failed or none ran.
"""
import os
import sys
import xml.etree.ElementTree as ET


def outcome(case):
    """Return ('failed' | 'skipped' | 'passed', its message) of a testcase element."""
    for child in case:
        if child.tag in ("failure", "error"):
            return "failed", child.get("message") or ""
        if child.tag == "skipped":
            return "skipped", child.get("message") or "no reason given"
    return "passed", ""


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        report = os.path.splitext(os.path.basename(path))[0]
        for suite in ET.parse(path).getroot().iter("testsuite"):
            for case in suite.findall("testcase"):
                result, message = outcome(case)
                counts[result] += 1
                if result != "passed":
                    first = message.splitlines()[0] if message else ""
                    print(f"{result}: {report}: {case.get('classname', '')} {case.get('name')}: {first}")
    total = f"{counts['passed']} passed, {counts['failed']} failed"
    if counts["skipped"]:
        total += f", {counts['skipped']} skipped"
    print(total)
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
