"""Bad input to the whole program: packs, formulas, parameters and options that make no sense.

What is wrong with requests and with credentials is in the two files beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.programs import HEAD, write_pack
from tests.refusals import FORMULA_FAILED, PACK_INVALID, USAGE, check_execute, check_refusal, outcome_of

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

AWS_PACK = """
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service="s3")
"""
ADD = '''
@pack.formula
def add(context: sdk.ExecutionContext, first: int, second: int = 1) -> int:
    """Add two numbers."""
    return first + second


@pack.formula
def fail(context: sdk.ExecutionContext) -> None:
    """Raise what no pack means to raise."""
    raise LookupError("nothing there")
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with one good pack, ``pack.py``."""
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path, ADD)
    return tmp_path


def test_the_pack_itself_is_good(capsys: Capture) -> None:
    """What the other tests of this file spoil works."""
    done = outcome_of(capsys, "execute", "pack.py", "Add", "2")
    assert (done.code, done.out, done.err) == (0, "3\n", "")


def test_missing_pack(capsys: Capture, folder: Path) -> None:
    """A path that is not there is told with the folder that it was looked for in."""
    check_execute(
        capsys, PACK_INVALID, ("there is no file nowhere.py", str(folder)), "nowhere.py", "Add", "1"
    )


def test_folder_as_pack(capsys: Capture, folder: Path) -> None:
    """A folder is no pack; the modules in it are named, since one of them was probably meant."""
    (folder / "packs").mkdir()
    write_pack(folder / "packs", ADD, "inner.py")
    check_execute(
        capsys, PACK_INVALID, ("packs is a folder, not a pack", "It holds inner.py"), "packs", "Add", "1"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            b"def f(:\n", ("is not valid Python", "at other.py, line 1", "def f(:"), id="syntax error"
        ),
        pytest.param(b"Dear reader,\n", ("is not valid Python", "line 1", "Dear reader"), id="prose"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", ("other.py is not valid Python",), id="binary"),
        pytest.param(b"x = 1\n", ("has no variable `pack`", "pack = sdk.new_pack()"), id="without a pack"),
        pytest.param(b"pack = 'mine'\n", ("is no pack but of type str", "sdk.new_pack()"), id="not a pack"),
        pytest.param(
            b"\nimport missing_thing\n",
            ("No module named 'missing_thing'", "other.py, line 2", "environment", "install missing_thing"),
            id="missing import",
        ),
    ],
)
def test_file_that_is_no_pack(capsys: Capture, folder: Path, content: bytes, said: tuple[str, ...]) -> None:
    """A file that declares no pack says why not, at which line, and what to do."""
    (folder / "other.py").write_bytes(content)
    check_execute(capsys, PACK_INVALID, said, "other.py", "Add", "1")


@pytest.mark.parametrize(
    ("declarations", "said"),
    [
        pytest.param(
            "pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY)",
            ("pack.py: ", "AWS_ACCESS_KEY needs the name of an AWS service", "line 3", 'service="s3"'),
            id="service missing",
        ),
        pytest.param(
            "pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ASSUME_ROLE, service='')",
            ("AWS_ASSUME_ROLE needs the name of an AWS service", "line 3", 'service="s3"'),
            id="service empty",
        ),
        pytest.param(
            "pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service='s3')\n"
            "pack.set_system_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service='sqs')",
            ("two AWS services, s3 and sqs", "line 4", "one AWS service"),
            id="two services",
        ),
        pytest.param(
            "pack.add_network_domain('a.example', 'b.example')\n"
            "pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service='s3')",
            ("pack.py contradicts itself", "network_domain"),
            id="several domains, none named for credentials",
        ),
        pytest.param(
            "@pack.formula(description=5)\ndef f(context): ...",
            ("pack.py: formula F, its description 5 is not text", "line 3"),
            id="description",
        ),
        pytest.param(
            "pack.add_formula(name='F', parameters=None, execute=lambda context: 1)",
            ("pack.py: formula F, parameters must be a list, not None", "line 3"),
            id="no parameters",
        ),
        pytest.param(
            "one = sdk.make_parameter(type=sdk.ParameterType.STRING, name='a')\n"
            "pack.add_formula(name='F', parameters=one, execute=lambda context, a: 1)",
            ("pack.py: formula F, parameters must be a list, not Parameter(", "line 4"),
            id="one parameter",
        ),
        pytest.param(
            "sdk.make_parameter(type=sdk.ParameterType.STRING, name='a', description=5)",
            ("pack.py: parameter a: its description 5 is not text", "line 3"),
            id="description of a parameter",
        ),
        pytest.param(
            "pack.set_user_authentication(type=sdk.AuthenticationType.NONE, instructions_url=5)",
            ("pack.py: authentication: instructions_url 5 is not text", "line 3"),
            id="page",
        ),
        pytest.param(
            "from typing import Annotated\n"
            "@pack.formula\ndef f(context, a: Annotated[str, sdk.Parameter(autocomplete=[1])]): ...",
            ("pack.py: formula F, parameter a: the autocomplete's choice 1 is not a text", "line 4"),
            id="autocomplete",
        ),
        pytest.param(
            "pack.add_column_format(name='X', formula_name='Nope')",
            ("pack.py contradicts itself: column format X: there is no formula Nope", "Add"),
            id="column format",
        ),
        pytest.param(
            "@pack.formula(connection_requirement=sdk.ConnectionRequirement.REQUIRED)\ndef f(context): ...",
            ("pack.py contradicts itself: F: it requires an account", "no authentication"),
            id="account",
        ),
    ],
)
@pytest.mark.parametrize("command", [("execute", "pack.py", "Add", "1"), ("describe", "pack.py")])
def test_contradictory_pack(
    capsys: Capture, folder: Path, declarations: str, said: tuple[str, ...], command: tuple[str, ...]
) -> None:
    """A declaration that makes no sense is refused by every command, at its line."""
    write_pack(folder, f"{declarations}\n{ADD}")
    check_refusal(outcome_of(capsys, *command), PACK_INVALID, *said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["Ad", "1"],
            ("pack.py has no formula or sync table 'Ad'", "Did you mean Add?"),
            id="formula mistyped",
        ),
        pytest.param(
            ["Xylophone"], ("no formula or sync table 'Xylophone'", "It has Add, Fail."), id="formula unknown"
        ),
        pytest.param(["Add"], ("Add needs parameter first", "Usage: Add FIRST [SECOND]"), id="too few"),
        pytest.param(
            ["Add", "1", "2", "3"], ("Add takes at most 2", "3 are given", "Usage: Add FIRST"), id="too many"
        ),
        pytest.param(
            ["Add", "one"], ("Add: parameter first: 'one' is not a number",), id="of the wrong type"
        ),
        pytest.param(["Add", "1", "2.5"], ("second: '2.5' is not a whole number",), id="not whole"),
        pytest.param(
            ["Add", "1", "--param", "first=2"], ("parameter first is given twice",), id="twice, once by name"
        ),
        pytest.param(
            ["Add", "--param", "first=2", "--param", "first=2"],
            ("parameter first is given twice",),
            id="twice by name",
        ),
        pytest.param(
            ["Add", "1", "--param", "secnd=2"],
            ("Add has no parameter 'secnd'", "Did you mean second?"),
            id="parameter mistyped",
        ),
        pytest.param(["Add", "--param", "first"], ("--param 'first'", "NAME=VALUE"), id="no value"),
        pytest.param(["Add", "@none.txt"], ("@none.txt cannot be read", "@@none.txt"), id="file missing"),
        pytest.param(
            ["Add", "1", "--query", "[?"], ("--query is not a JMESPath expression", "[?"), id="query"
        ),
        pytest.param(["Add", "1", "--output", "xml"], ("'--output'", "'ndjson'"), id="output"),
        pytest.param(["Add", "1", "--timeout", "0"], ("'--timeout'", "above 0"), id="timeout"),
        pytest.param(["Add", "1", "--quer", "x"], ("No such option", "--query"), id="option mistyped"),
        pytest.param([], ("pack.py: which formula or sync table?", "It has Add, Fail."), id="no formula"),
    ],
)
def test_bad_command_line(capsys: Capture, arguments: list[str], said: tuple[str, ...]) -> None:
    """A usage error names the word that is wrong and the nearest right one, or how the formula is used."""
    check_execute(capsys, USAGE, said, "pack.py", *arguments)


def test_mistyped_command(capsys: Capture) -> None:
    """A mistyped command gets the nearest name."""
    check_refusal(outcome_of(capsys, "exceute", "pack.py"), USAGE, "'exceute'", "Did you mean 'execute'?")


@pytest.mark.parametrize(
    ("pack", "options", "said"),
    [
        pytest.param(
            AWS_PACK,
            ["--role-arn", "arn:aws:iam::123456789012:role/r"],
            ("--role-arn", "AWS_ACCESS_KEY"),
            id="a role for an access-key pack",
        ),
        pytest.param(
            AWS_PACK,
            ["--external-id", "tenant-0815"],
            ("--external-id", "AWS_ACCESS_KEY"),
            id="an external id for an access-key pack",
        ),
        pytest.param("", ["--profile", "dev"], ("--profile", "NONE"), id="a profile without authentication"),
        pytest.param("", ["--region", "eu-west-1"], ("--region", "NONE"), id="a region likewise"),
    ],
)
def test_option_for_another_type_of_pack(
    capsys: Capture, folder: Path, pack: str, options: list[str], said: tuple[str, ...]
) -> None:
    """An option that this pack's authentication knows nothing of is refused before the formula runs."""
    write_pack(folder, f"{pack}\n{ADD}")
    check_execute(capsys, USAGE, said, "pack.py", "Fail", *options)


def test_malformed_query_comes_before_the_formula(capsys: Capture) -> None:
    """A formula that would act does not run where its result could not be shown."""
    check_execute(capsys, USAGE, ("--query",), "pack.py", "Fail", "--query", "a b")


def test_exception_of_the_pack(capsys: Capture) -> None:
    """A formula's own exception shows the pack's lines, from its first frame on, and none of ours."""
    failed = outcome_of(capsys, "execute", "pack.py", "Fail")
    assert (failed.code, failed.out) == (FORMULA_FAILED, "")
    line = 1 + (HEAD + ADD).splitlines().index('    raise LookupError("nothing there")')
    assert failed.err.splitlines() == [
        "Error: Fail failed: LookupError: nothing there",
        "  Traceback (most recent call last):",
        f'    File "pack.py", line {line}, in fail',
        '      raise LookupError("nothing there")',
        "  LookupError: nothing there",
    ]


def test_result_of_another_type(capsys: Capture, folder: Path) -> None:
    """A result that is not what the signature says is named with what was expected."""
    write_pack(
        folder,
        "@pack.formula(description='x')\ndef lie(context: sdk.ExecutionContext) -> int:\n    return 'a'",
    )
    check_execute(capsys, FORMULA_FAILED, ("Lie", "number"), "pack.py", "Lie")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["Tasks:update", "[{]"], ("the updates are no JSON (line 1, column 3)", "quotes"), id="no JSON"
        ),
        pytest.param(["Tasks:update", "1"], ("no list of objects", "previousValue"), id="no updates"),
        pytest.param(
            ["Tasks:update", "[{}]"],
            ("updates[0].previous_value: expected a row", "updates[0].new_value"),
            id="empty update",
        ),
        pytest.param(["Tasks:update"], ("needs parameter updates", "Usage: Tasks:update UPDATES"), id="none"),
        pytest.param(
            ["Plain:update", "[]"], ("no 'Plain:update'", "declares no execute_update"), id="one-way"
        ),
    ],
)
def test_bad_updates(capsys: Capture, folder: Path, arguments: list[str], said: tuple[str, ...]) -> None:
    """Updates that make no sense are told before a row is updated, and a table that takes none says so."""
    tables = (
        "pack.sync_table(name='Tasks', execute_update=lambda context, updates: 1 / 0)(lambda context: [])\n"
        "pack.sync_table(name='Plain')(lambda context: [])\n"
    )
    write_pack(folder, tables, "tables.py")
    check_execute(capsys, USAGE, said, "tables.py", *arguments)
