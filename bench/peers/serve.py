"""Runs jobs by name, one a line of JSON on standard input, and answers each with its result and its processor time."""

import json
import sys
import time


def serve(jobs):
    """`jobs` maps names to functions of keyword arguments whose results JSON can hold."""
    for line in sys.stdin:
        request = json.loads(line)
        before = time.process_time()
        result = jobs[request["job"]](**request["args"])
        print(json.dumps({"cpuS": time.process_time() - before, "result": result}), flush=True)
