"""What the emulator holds: a user, a role, buckets, a table, a parameter, an API, a log group.

Sends ordinary requests through the fetcher of a pack, one for each service. The requests are what the
AWS documentation says, and nothing in here knows that an emulator answers them.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from coda_cli.emulator.environment import REGION, Keys, Role

if TYPE_CHECKING:
    from coda_cli.sdk.context import Fetcher

USER = "coda-demo"
ROLE = "coda-demo-reader"
TABLE = "Orders"
PARAMETER = "/coda-demo/greeting"

BUCKETS: dict[str, dict[str, str]] = {
    "coda-demo-assets": {
        "index.html": "<!doctype html>\n<title>Demo</title>\n<h1>Hello from S3</h1>\n",
        "styles/site.css": "body { font-family: sans-serif }\n",
    },
    "coda-demo-logs": {
        "app/2026-01-14.log": "08:00:01 INFO started\n08:00:07 INFO 2 orders\n",
        "app/2026-01-15.log": "08:00:02 INFO started\n11:31:40 ERROR printer on fire\n",
        "web/2026/01/14.log": "GET / 200\nGET /favicon.ico 404\n",
        "web/2026/01/15.log": "GET / 200\n",
    },
    "coda-demo-reports": {
        "2026/february.csv": "customer,total\ngrace,99.90\n",
        "2026/january.csv": "customer,total\nada,57.49\nlinus,7.25\n",
        "2026/Übersicht ☃.txt": "A key may hold any character.\n",
        "readme.txt": "Monthly reports, one file each.\n",
    },
}

ORDERS: tuple[dict[str, Any], ...] = (
    {
        "customer": {"S": "ada"},
        "order": {"S": "1001"},
        "date": {"S": "2026-01-14"},
        "total": {"N": "42.5"},
        "paid": {"BOOL": True},
        "items": {"L": [{"S": "notebook"}, {"S": "pencil"}]},
    },
    {
        "customer": {"S": "ada"},
        "order": {"S": "1002"},
        "date": {"S": "2026-01-20"},
        "total": {"N": "14.99"},
        "paid": {"BOOL": False},
        "items": {"L": [{"S": "ruler"}]},
    },
    {
        "customer": {"S": "grace"},
        "order": {"S": "1003"},
        "date": {"S": "2026-02-03"},
        "total": {"N": "99.90"},
        "paid": {"BOOL": True},
        "items": {"L": [{"S": "nanosecond of wire"}]},
    },
    {
        "customer": {"S": "linus"},
        "order": {"S": "1004"},
        "date": {"S": "2026-01-31"},
        "total": {"N": "7.25"},
        "paid": {"BOOL": True},
        "items": {"L": []},
    },
)

API = "demo"
STAGE = "prod"
ANSWERS: dict[str, tuple[int, Any]] = {
    "GET": (200, [{"order": "1001", "customer": "ada"}, {"order": "1003", "customer": "grace"}]),
    "POST": (201, {"order": "1005"}),
}
"""What the API answers at ``/orders``: status and body by method."""

LOG_GROUP = "/coda-demo/app"
LOG_STREAM = "web"
MESSAGES = ("INFO started", "WARN 2 orders wait", "ERROR printer on fire", "INFO stopped")
"""What was logged, a minute between any two; the last when the emulator was filled."""

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READING = {
    "Effect": "Allow",
    "Action": [
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
        "s3:GetObject",
        "dynamodb:ListTables",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "logs:DescribeLogGroups",
        "logs:FilterLogEvents",
    ],
    "Resource": "*",
}


def make_user(iam: Fetcher) -> tuple[str, Keys]:
    """Make the user that may do everything; return its ARN and access key."""
    user = _iam(iam, "CreateUser", UserName=USER)["User"][0]
    _iam(iam, "PutUserPolicy", UserName=USER, PolicyName="everything", PolicyDocument=_policy(EVERYTHING))
    key = _iam(iam, "CreateAccessKey", UserName=USER)["AccessKey"][0]
    return user["Arn"][0], Keys(key["AccessKeyId"][0], key["SecretAccessKey"][0])


def make_role(iam: Fetcher, trusted: str) -> Role:
    """Make the role, which may only read, for one principal and with an external id nobody can guess."""
    external_id = str(uuid4())
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": trusted},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    role = _iam(iam, "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=_policy(trust))["Role"][0]
    _iam(iam, "PutRolePolicy", RoleName=ROLE, PolicyName="reading", PolicyDocument=_policy(READING))
    return Role(role["Arn"][0], external_id)


def make_buckets(s3: Fetcher) -> None:
    """Make the buckets and their objects."""
    for bucket, objects in BUCKETS.items():
        url = f"https://{bucket}.s3.{REGION}.amazonaws.com/"
        s3.fetch("PUT", url)
        for key, text in objects.items():
            s3.fetch("PUT", url + quote(key), headers={"Content-Type": "text/plain"}, body=text)


def make_table(dynamodb: Fetcher) -> None:
    """Make the table and its items."""
    types = {"customer": "HASH", "order": "RANGE"}
    table = {
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in types],
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in types.items()],
    }
    _json(dynamodb, "dynamodb", "1.0", "DynamoDB_20120810.CreateTable", table)
    for item in ORDERS:
        _json(dynamodb, "dynamodb", "1.0", "DynamoDB_20120810.PutItem", {"TableName": TABLE, "Item": item})


def make_parameter(ssm: Fetcher) -> None:
    """Make the parameter in the Parameter Store."""
    parameter = {"Name": PARAMETER, "Type": "String", "Value": "Hello from SSM"}
    _json(ssm, "ssm", "1.1", "AmazonSSM.PutParameter", parameter)


def make_api(apigateway: Fetcher) -> None:
    """Make the API, which only answers signed requests, and always the same."""

    def ask(method: str, path: str, **request: Any) -> dict[str, Any]:
        url = f"https://apigateway.{REGION}.amazonaws.com/restapis{path}"
        headers = {"Content-Type": "application/json"}
        answer: dict[str, Any] = apigateway.fetch(method, url, headers=headers, body=json.dumps(request)).body
        return answer

    # MiniStack takes the id of an API from this tag; to AWS it is a tag.
    api = ask("POST", "", name=API, tags={"ms-custom-id": API})
    orders = ask("POST", f"/{api['id']}/resources/{api['rootResourceId']}", pathPart="orders")
    for method, (status, body) in ANSWERS.items():
        place = f"/{api['id']}/resources/{orders['id']}/methods/{method}"
        ask("PUT", place, authorizationType="AWS_IAM")
        ask("PUT", f"{place}/responses/{status}")
        templates = {"application/json": json.dumps({"statusCode": status})}
        ask("PUT", f"{place}/integration", type="MOCK", requestTemplates=templates)
        templates = {"application/json": json.dumps(body)}
        ask("PUT", f"{place}/integration/responses/{status}", responseTemplates=templates)
    ask("POST", f"/{api['id']}/deployments", stageName=STAGE)


def make_log_group(logs: Fetcher) -> None:
    """Make the log group, its stream and the events of the last minutes: AWS takes none that are old."""

    def ask(operation: str, **request: Any) -> None:
        names = {"logGroupName": LOG_GROUP, **request}
        _json(logs, "logs", "1.1", f"Logs_20140328.{operation}", names)

    now = time.time_ns() // 1_000_000
    ages = range(len(MESSAGES) - 1, -1, -1)
    events = [
        {"timestamp": now - 60_000 * age, "message": message}
        for age, message in zip(ages, MESSAGES, strict=True)
    ]
    ask("CreateLogGroup")
    ask("CreateLogStream", logStreamName=LOG_STREAM)
    ask("PutLogEvents", logStreamName=LOG_STREAM, logEvents=events)


def _iam(fetcher: Fetcher, action: str, **parameters: str) -> dict[str, Any]:
    form = {"Action": action, "Version": "2010-05-08", **parameters}
    body: dict[str, Any] = fetcher.fetch("POST", "https://iam.amazonaws.com/", form=form).body
    result = body.get(f"{action}Result", [{}])
    return dict(result[0])


def _json(fetcher: Fetcher, service: str, version: str, target: str, request: dict[str, Any]) -> None:
    fetcher.fetch(
        "POST",
        f"https://{service}.{REGION}.amazonaws.com/",
        headers={"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target},
        body=json.dumps(request),
    )


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
