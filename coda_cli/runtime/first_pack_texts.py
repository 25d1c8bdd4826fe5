"""The texts that a first pack is written from. Nothing is decided and nothing is written here.

What is made of them is held to what it is shown as: linted, type-checked, tested and run, for every way to
authenticate. ``$module`` and the like are filled in by ``first_pack``.
"""

from __future__ import annotations

from dataclasses import dataclass

from coda_cli.sdk.authentication import AuthenticationType


@dataclass(frozen=True, slots=True)
class Example:
    """One formula to begin with: how it is run, its code, and its test."""

    run: str
    function: str
    code: str
    test: str
    imports: str = "Annotated"


HELLO = Example(
    run="Hello Ada",
    function="hello",
    code='''\
@pack.formula
def hello(
    context: sdk.ExecutionContext,
    name: Annotated[str, "Who to greet."] = "world",
) -> str:
    """Greet somebody."""
    return f"Hello {name}!"
''',
    test='''\
class NoService:
    """A fetcher for formulas that send nothing."""

    def fetch(self, *asked: Any, **options: Any) -> sdk.FetchResponse:
        """Fail the test."""
        raise AssertionError(f"{asked} was sent")


def test_hello() -> None:
    """Somebody is greeted by name, and everybody without one."""
    service: Any = NoService()
    context = sdk.ExecutionContext(fetcher=service)
    assert hello(context, "Ada") == "Hello Ada!"
    assert hello(context) == "Hello world!"
''',
)

_FAKE_SERVICE = '''\
class FakeService:
    """Answers every request with one body, and keeps the URLs that it was asked for."""

    def __init__(self, body: Any) -> None:
        self.body = body
        self.urls: list[str] = []

    def fetch(self, *asked: Any, **options: Any) -> sdk.FetchResponse:
        """Answer as the service would."""
        self.urls.append(asked[1])
        headers: Any = {}
        return sdk.FetchResponse(200, headers, self.body)


'''

S3 = Example(
    run="ListBuckets",
    function="list_buckets",
    code='''\
@pack.formula
def list_buckets(
    context: sdk.ExecutionContext,
    region: Annotated[str, "The AWS region to ask."] = "us-east-1",
) -> list[str]:
    """List the names of the buckets that this account owns."""
    response = context.fetcher.fetch("GET", f"https://s3.{region}.amazonaws.com/")
    # XML: an element is a list of what has its name, an empty one is an empty text.
    (buckets,) = response.body["Buckets"]
    return [bucket["Name"][0] for bucket in buckets["Bucket"]] if buckets else []
''',
    test=_FAKE_SERVICE
    + '''\
def test_list_buckets() -> None:
    """The names are taken out of the answer of the region that is asked."""
    service: Any = FakeService({"Buckets": [{"Bucket": [{"Name": ["logs"]}]}]})
    context = sdk.ExecutionContext(fetcher=service)
    assert list_buckets(context, "eu-west-1") == ["logs"]
    assert service.urls == ["https://s3.eu-west-1.amazonaws.com/"]


def test_no_buckets() -> None:
    """An account without buckets has an empty list."""
    service: Any = FakeService({"Buckets": [""]})
    context = sdk.ExecutionContext(fetcher=service)
    assert list_buckets(context) == []
''',
)

DYNAMODB = Example(
    run="ListTables",
    function="list_tables",
    code='''\
@pack.formula
def list_tables(
    context: sdk.ExecutionContext,
    region: Annotated[str, "The AWS region of the tables."] = "us-east-1",
) -> list[str]:
    """List the names of the first hundred tables in a region."""
    response = context.fetcher.fetch(
        "POST",
        f"https://dynamodb.{region}.amazonaws.com/",
        headers={
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810.ListTables",
        },
        body="{}",
    )
    names: list[str] = response.body["TableNames"]
    return names
''',
    test=_FAKE_SERVICE
    + '''\
def test_list_tables() -> None:
    """The names are taken out of the answer of the region that is asked."""
    service: Any = FakeService({"TableNames": ["Orders"]})
    context = sdk.ExecutionContext(fetcher=service)
    assert list_tables(context, "eu-west-1") == ["Orders"]
    assert service.urls == ["https://dynamodb.eu-west-1.amazonaws.com/"]
''',
)

ANY_SERVICE = Example(
    run="Get PATH",
    function="get",
    imports="Annotated, Any",
    code='''\
@pack.formula
def get(
    context: sdk.ExecutionContext,
    path: Annotated[str, "The path of the request, with its query."],
    region: Annotated[str, "The AWS region to ask."] = "us-east-1",
) -> Any:
    """Send a signed GET request to the service and return its answer.

    Which paths there are, and whether the API wants POST, its reference says. A call
    that you need often deserves a formula of its own.
    """
    host = f"$service.{region}.amazonaws.com"
    return context.fetcher.fetch("GET", f"https://{host}/{path.removeprefix('/')}").body
''',
    test=_FAKE_SERVICE
    + '''\
def test_get() -> None:
    """The path is asked for in the region that is named, and the answer given back."""
    service: Any = FakeService({"found": 1})
    context = sdk.ExecutionContext(fetcher=service)
    assert get(context, "/things?limit=1", "eu-west-1") == {"found": 1}
    host = "$service.eu-west-1.amazonaws.com"
    assert service.urls == [f"https://{host}/things?limit=1"]
''',
)

PACK = '''\
"""A first pack$about.

    coda describe $module.py
    coda execute $module.py $run
$docs
A formula is a function below @pack.formula. Its signature says how the text of its
parameters is read, and what its result is.
"""

from typing import $imports

from coda_cli import sdk

$declarations
$code'''

_PLAIN = """\
pack = sdk.new_pack()
# A pack that sends requests declares where to, by pack.add_network_domain, and its
# formulas send them by context.fetcher.fetch.

"""

_DECLARED = """\
pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(
    type=sdk.AuthenticationType.$type,
    service="$service",
)

"""

_WITHOUT_ACCOUNT = """
Without an AWS account, on this machine:

    coda emulator -- coda execute $module.py $run
"""

TEST = '''\
"""Tests of $module.py.

They need neither a network nor AWS: python -m pytest
"""

from typing import Any

from coda_cli import sdk

from $module import $function


$test'''

README = """\
# $title

A pack: typed functions, called formulas, that `coda` runs from the command line.

```sh
coda describe $module.py
coda execute $module.py $run
```

A formula is a function below `@pack.formula`: add one to `$module.py`, and it can be run.
$account
## Tests

`test_$module.py` needs neither a network nor an account, but pytest, in the environment that coda is
installed in (`python -m pip install pytest`):

```sh
python -m pytest
```
"""

_ACCESS_KEY = """
## The AWS account

Requests are signed with the credentials that the AWS CLI would use: `AWS_ACCESS_KEY_ID` and
`AWS_SECRET_ACCESS_KEY`, a profile (`--profile`), SSO. To store which ones this pack uses, and to see
whether AWS agrees:

```sh
coda auth $module.py
coda auth $module.py --check
```

They are stored in `.coda-credentials.json`, which `.gitignore` keeps out of git. Without an account, the
pack runs against an AWS on this machine:

```sh
coda emulator -- coda execute $module.py $run
```
"""

_ASSUME_ROLE = """
## The AWS account

Requests are signed with the rights of a role, which your own AWS user assumes. The first command stores an
external id, the role's ARN and the profile to call from; the second prints the trust policy that the role
needs; the third shows whether AWS agrees:

```sh
coda auth $module.py
coda trust-policy $module.py
coda auth $module.py --check
```

They are stored in `.coda-credentials.json`, which `.gitignore` keeps out of git. Without an account, the
pack runs against an AWS on this machine:

```sh
coda emulator -- coda execute $module.py $run
```
"""

GITIGNORE = """\
# What coda auth stores; it may hold secrets.
.coda-credentials.json
__pycache__/
.pytest_cache/
.mypy_cache/
.ruff_cache/
.venv/
"""

_OF_AWS = {"about": " for the AWS service $service", "declarations": _DECLARED, "docs": _WITHOUT_ACCOUNT}
PARTS = {
    AuthenticationType.NONE: {"about": "", "declarations": _PLAIN, "docs": "", "account": ""},
    AuthenticationType.AWS_ACCESS_KEY: {**_OF_AWS, "account": _ACCESS_KEY},
    AuthenticationType.AWS_ASSUME_ROLE: {**_OF_AWS, "account": _ASSUME_ROLE},
}
"""What differs by how requests are authenticated."""
