"""A filled emulator, from its start to the moment nothing of it is left.

Puts the parts together: installation, server, filling, environment. It handles no signal; whoever runs it
decides what ends it.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from coda_cli.emulator import filling
from coda_cli.emulator.environment import (
    Keys,
    Role,
    environment_with_keys,
    environment_with_role,
    write_profiles,
)
from coda_cli.emulator.foreground import uninterrupted
from coda_cli.emulator.installation import installed_python, required_cache_folder
from coda_cli.emulator.server import Server, running_server
from coda_cli.errors import CodaError, ConnectionFailedError, EmulatorError
from coda_cli.runtime.contexts import RunOptions, open_context
from coda_cli.sdk.authentication import AuthenticationType
from coda_cli.sdk.pack import new_pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from coda_cli.sdk.context import Fetcher

ROOT = Keys("test", "test")  # verified by nobody, so it only makes the user


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator. ``environment`` is the one to run a command in."""

    server: Server
    folder: Path
    keys: Keys
    role: Role
    environment: Mapping[str, str] = field(repr=False)


@contextmanager
def running_emulator(environ: Mapping[str, str], say: Callable[[str], object]) -> Iterator[Emulator]:
    """Install the emulator if need be, start it, fill it; take it all down in the end.

    Args:
        environ: the environment of whoever wants it.
        say: shows a line of progress to a person.

    Raises:
        EmulatorError: it cannot be installed, started or filled.
    """
    python = installed_python(required_cache_folder(environ), say)
    stack = ExitStack()
    try:
        try:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="coda-emulator-")))
            server = stack.enter_context(running_server(python, folder, environ))
            running = _filled(server, folder, environ)
        except OSError as error:  # a full disk, or no process to be had
            raise EmulatorError(f"the AWS emulator cannot be started: {error}") from error
        yield running
    finally:
        with uninterrupted():
            stack.close()


def _filled(server: Server, folder: Path, environ: Mapping[str, str]) -> Emulator:
    try:
        with _fetcher("iam", environment_with_keys(environ, server.endpoint, ROOT, folder)) as iam:
            arn, keys = filling.make_user(iam)
            role = filling.make_role(iam, trusted=arn)
        environment = environment_with_keys(environ, server.endpoint, keys, folder)
        for service, make in (
            ("s3", filling.make_buckets),
            ("dynamodb", filling.make_table),
            ("ssm", filling.make_parameter),
            ("apigateway", filling.make_api),
            ("logs", filling.make_log_group),
        ):
            with _fetcher(service, environment) as fetcher:
                make(fetcher)
    except ConnectionFailedError as error:
        raise EmulatorError(
            f"the AWS emulator did not start: {server.last_words()}", error.message, *error.details
        ) from error
    except CodaError as error:
        raise EmulatorError(f"the AWS emulator cannot be filled: {error.message}", *error.details) from error
    write_profiles(folder, server.endpoint, keys, role)
    return Emulator(server, folder, keys, role, environment_with_role(environment, role))


@contextmanager
def _fetcher(service: str, environ: Mapping[str, str]) -> Iterator[Fetcher]:
    """Fetch as a pack does that talks to one AWS service."""
    pack = new_pack()
    pack.add_network_domain("amazonaws.com")
    pack.set_user_authentication(type=AuthenticationType.AWS_ACCESS_KEY, service=service)
    with open_context(pack, "emulator", RunOptions(environ=environ)) as context:
        yield context.fetcher
