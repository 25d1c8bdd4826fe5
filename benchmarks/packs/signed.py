"""Requests to the loopback server, signed with the keys of the environment, or with the session of a role."""

import resource
from time import perf_counter
from typing import Any

from coda_cli import sdk

HOST = "https://s3.us-east-1.amazonaws.com"

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")
pack.add_admin_authentication(name="role", type=sdk.AuthenticationType.AWS_ASSUME_ROLE, service="s3")


@pack.formula(description="The body of one answer.")
def get(context: sdk.ExecutionContext) -> dict[str, Any]:
    body: dict[str, Any] = context.fetcher.fetch("GET", f"{HOST}/").body
    return body


@pack.formula(description="Requests a second, one after another.")
def gets(context: sdk.ExecutionContext, count: int, path: str = "/small") -> float:
    context.fetcher.fetch("GET", f"{HOST}/small")
    start = perf_counter()
    for _ in range(count):
        context.fetcher.fetch("GET", f"{HOST}{path}")
    return count / (perf_counter() - start)


@pack.formula(description="Requests a second, many at once.")
def all_gets(context: sdk.ExecutionContext, count: int, path: str, concurrency: int) -> float:
    context.fetcher.fetch("GET", f"{HOST}/small")
    start = perf_counter()
    context.fetcher.fetch_all([f"{HOST}{path}"] * count, concurrency=concurrency)
    return count / (perf_counter() - start)


@pack.formula(description="Milliseconds for one body, and millions of bytes that memory grew by at most.")
def body(context: sdk.ExecutionContext, path: str, is_binary: bool = False) -> list[float]:
    context.fetcher.fetch("GET", f"{HOST}/small")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = perf_counter()
    answer = context.fetcher.fetch("GET", f"{HOST}{path}", is_binary_response=is_binary)
    seconds = perf_counter() - start
    assert answer.body
    return [seconds * 1000, float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)]
