"""One large body by requests alone; prints milliseconds, and by how much memory grew at most."""

import resource
import sys
from time import perf_counter

import requests

origin, path = sys.argv[1:]
session = requests.Session()
session.get(f"{origin}/small").json()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = perf_counter()
response = session.get(f"{origin}{path}")
value = response.json() if path.endswith(".json") else response.content
seconds = perf_counter() - start
assert value
print(seconds * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
