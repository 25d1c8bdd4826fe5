"""The least that a large body needs: prints the millions of bytes of it and of what it decodes to."""

import json
import sys
import tracemalloc

from benchmarks.server import BODY_SIZE, json_body

if sys.argv[1].endswith(".json"):
    tracemalloc.start()
    body = json_body()
    value = json.loads(body)
    print(tracemalloc.get_traced_memory()[0] / 1e6)
else:
    print(BODY_SIZE / 1e6)  # the value is the body
