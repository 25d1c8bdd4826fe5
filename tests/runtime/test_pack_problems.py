"""All that is wrong with a pack, found in one go, each with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coda_cli.errors import PackError
from coda_cli.runtime.loader import load_pack
from coda_cli.runtime.pack_problems import Level, Problem, is_public_suffix, problems_of
from tests.programs import HEAD, restored_interpreter, write_pack

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR, WARNING = Level.ERROR, Level.WARNING

KEY = "pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ACCESS_KEY, service={!r})\n"


@pytest.fixture(autouse=True)
def interpreter() -> Iterator[None]:
    """Load packs in this process, and leave nothing of them behind."""
    with restored_interpreter():
        yield


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(problems: list[Problem]) -> list[tuple[str, int | None, Level, str]]:
    """Take problems apart, each with the first line of what it says."""
    return [(one.file, one.line, one.level, one.problem.partition("\n")[0]) for one in problems]


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        pytest.param("pack.set_version('v1')", 3, "version 'v1' is not of the form", id="version"),
        pytest.param("\npack.add_network_domain('https://a.com')", 4, "is a URL or has a path", id="URL"),
        pytest.param("pack.add_network_domain('a.com/v1')", 3, "is a URL or has a path", id="path"),
        pytest.param(
            "pack.add_network_domain(\n    'a.com',\n    'A.com',\n)",
            3,
            "a.com is declared twice",
            id="domain twice",
        ),
        pytest.param(
            "@pack.formula(name='a-b', description='x')\ndef f(context): pass",
            3,
            "formula name 'a-b'",
            id="name",
        ),
        pytest.param(
            "def f(context, x):\n    'F.'\npack.add_formula(name='F', execute=f)",
            5,
            "execute cannot be called",
            id="spelled out",
        ),
        pytest.param(
            "@pack.formula\ndef f(context, x: int = 1, *, y: str): 'F.'\n",
            3,
            "this one is by keyword",
            id="by keyword",
        ),
        pytest.param(
            "@pack.formula\ndef f(context, x: int | None, y: str): 'F.'\n",
            3,
            "parameter y: it is required, and x before it is optional",
            id="optional before required",
        ),
        pytest.param(
            "@pack.formula\ndef f(context): 'F.'\n\n@pack.formula(name='F')\ndef g(context): 'G.'",
            6,
            "formula F is declared twice",
            id="formula twice",
        ),
        pytest.param(
            "sdk.make_object_schema(properties={}, id_property='a')",
            3,
            "id_property 'a'",
            id="schema reference",
        ),
        pytest.param(
            "import dataclasses\n\n@sdk.schema(id='b')\n@dataclasses.dataclass\nclass C:\n    a: str",
            5,
            "C: id_property 'b' is not one of its properties (a)",
            id="reference of a class",
        ),
        pytest.param(KEY.format("s3"), 3, "no network domain to send credentials to", id="no domain"),
        pytest.param(
            f"pack.add_network_domain('a.com', 'b.com')\n{KEY.format('s3')}",
            4,
            "not which of them",
            id="domains",
        ),
        pytest.param(KEY.format(""), 3, "needs the name of an AWS service", id="no service"),
        pytest.param(
            "pack.add_admin_authentication(name='a b', type=sdk.AuthenticationType.NONE)",
            3,
            "authentication name 'a b' is not one word",
            id="name of an authentication",
        ),
        pytest.param(
            "@pack.formula(allowed_authentication_names=['mine'])\ndef f(context): 'F.'",
            3,
            "F: there is no authentication mine",
            id="no such authentication",
        ),
        pytest.param(
            "\npack.add_column_format(name='C', formula_name='F')",
            4,
            "column format C: there is no formula F",
            id="no such formula",
        ),
        pytest.param(
            "sdk.make_parameter(type=sdk.ParameterType.BOOLEAN, name='a', autocomplete=['b'])",
            3,
            "autocomplete does not go with the type boolean",
            id="autocomplete",
        ),
        pytest.param(
            f"pack.add_network_domain('a.com')\n{KEY.format('s3')}{KEY.format('s3')}",
            5,
            "user authentication is declared twice",
            id="authentication twice",
        ),
    ],
)
def test_one_contradiction(folder: Path, source: str, line: int, said: str) -> None:
    """It is an error at the line of its declaration, with nothing that only follows from it."""
    write_pack(folder, source)
    ((file, at, level, problem),) = told(problems_of(Path("pack.py")))
    assert (file, at, level) == ("pack.py", line, ERROR)
    assert said in problem
    with pytest.raises(PackError):
        load_pack(Path("pack.py"))


def test_everything_at_once(folder: Path) -> None:
    """Errors and warnings of one pack, by line; loading it alone fails at the first."""
    source = """
        pack.add_network_domain("https://a.com", "com")
        pack.set_user_authentication(
            type=sdk.AuthenticationType.AWS_ACCESS_KEY,
            service="bedrock-runtime",
            network_domain="a.com",
        )

        @pack.formula
        def one(context, a: bytes, b: set) -> frozenset: ...

        @pack.formula(
            schema=sdk.make_schema(type=sdk.ValueType.NUMBER, currency_code="EUR"),
        )
        def two(context): ...

        for name in ("three", "3"):
            pack.add_formula(name=name, description="Three.", execute=two)
    """
    write_pack(folder, source)
    problems = problems_of(Path("pack.py"))
    assert [(one.line, one.level) for one in problems] == [
        *((4, level) for level in (ERROR, WARNING)),
        (5, WARNING),
        *((11, level) for level in (ERROR, ERROR, ERROR)),
        (14, WARNING),
        (15, ERROR),
        (20, ERROR),
    ]
    assert problems[0].problem.splitlines() == [
        "network domain 'https://a.com' is a URL or has a path",
        'Give the host alone, such as "example.com".',
    ]
    with pytest.raises(PackError) as caught:
        load_pack(Path("pack.py"))
    assert caught.value.message == f"pack.py: {problems[0].problem.splitlines()[0]}"


def test_what_may_only_follow_from_another_error_is_not_told(folder: Path) -> None:
    """What was refused is not told to be missing, too, where something needs it."""
    source = """
        pack.add_admin_authentication(name="mine", type=sdk.AuthenticationType.AWS_ACCESS_KEY)
        pack.add_column_format(name="C", formula_name="F")

        @pack.formula(name="F", description="F.", allowed_authentication_names=["mine"])
        def f(context, a: bytes): ...

        @pack.formula(description="G.", allowed_authentication_names=["mine"])
        def g(context): ...

        @pack.formula(description="H.", connection_requirement=sdk.ConnectionRequirement.REQUIRED)
        def h(context): ...
    """
    write_pack(folder, source)
    assert [(one.line, one.problem.partition(":")[0]) for one in problems_of(Path("pack.py"))] == [
        (4, "authentication"),
        (7, "formula F, parameter a"),
    ]


def test_modules_beside_a_pack(folder: Path) -> None:
    """A declaration in a module beside the pack is told with that file, named as the pack was."""
    (folder / "packs").mkdir()
    (folder / "packs/declared_beside.py").write_text(
        "def declare(pack):\n    pack.add_formula(name='1', execute=0)\n    pack.add_network_domain('com')\n"
    )
    write_pack(
        folder / "packs", "import declared_beside\ndeclared_beside.declare(pack)\npack.set_version('x')\n"
    )
    expected = [("pack.py", 5, ERROR), ("declared_beside.py", 2, ERROR), ("declared_beside.py", 3, WARNING)]
    for named in (Path("packs"), Path("packs/../packs"), folder / "packs"):
        found = [(one.file, one.line, one.level) for one in problems_of(named / "pack.py")]
        assert found == [(str(named / file), line, level) for file, line, level in expected]
        del __import__("sys").modules["declared_beside"]


def test_a_linked_pack(folder: Path) -> None:
    """A pack that is a link is called by the link's name, and a module beside the real file by its own."""
    (folder / "real").mkdir()
    (folder / "real/beside_the_file.py").write_text(
        "from coda_cli import sdk\nsdk.make_object_schema(properties=1)\n"
    )
    write_pack(folder / "real", "pack.set_version('x')\nimport beside_the_file\n", "real.py")
    (folder / "link.py").symlink_to("real/real.py")
    (own, beside) = problems_of(Path("link.py"))
    assert (own.file, own.line) == ("link.py", 3)
    assert Path(beside.file).samefile("real/beside_the_file.py")


def test_of_an_imported_pack_errors_are_told_and_warnings_are_not(folder: Path) -> None:
    """What an imported pack refuses would fail this one too; what it is warned of is its own business."""
    write_pack(folder, "pack.add_network_domain('com')\npack.set_version('x')\n", "lending.py")
    write_pack(folder, "import lending\npack.add_network_domain('b.com')\n")
    assert [(one.file, one.line, one.level) for one in problems_of(Path("pack.py"))] == [
        ("lending.py", 4, ERROR)
    ]


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        pytest.param("def f(\n", 4, "is not valid Python: '(' was never closed", id="syntax"),
        pytest.param("import nosuch_module\n", 4, "No module named 'nosuch_module'", id="module"),
        pytest.param("x = 1\n1 / 0\n", 5, "failed while it was loaded", id="exception"),
        pytest.param("from . import other\n", 4, "attempted relative import", id="relative import"),
        pytest.param("del pack\n", None, "has no variable `pack`", id="no pack"),
        pytest.param(
            "pack.set_user_authentication(tpye=1)\n", 4, "failed while it was loaded", id="no such argument"
        ),
    ],
)
def test_a_pack_that_cannot_be_loaded(folder: Path, source: str, line: int | None, problem: str) -> None:
    """It is one more error of the list, with its line where there is one; where it is said twice no more."""
    write_pack(folder, f"pack.set_version('x')\n{source}")
    *before, last = sorted(problems_of(Path("pack.py")), key=lambda one: "version" not in one.problem)
    is_syntax = "syntax" in problem or "valid" in problem
    assert len(before) == (0 if is_syntax else 1)
    assert (last.file, last.line, last.level) == ("pack.py", line, ERROR)
    assert last.problem.startswith(problem)
    assert f"at pack.py, line {line}" not in last.problem


def test_a_syntax_error_beside_the_pack(folder: Path) -> None:
    """The file that cannot be read is the one that is named, with the line of Python's."""
    (folder / "broken_here.py").write_text("\nx = = 1\n")
    write_pack(folder, "import broken_here\n")
    (problem,) = problems_of(Path("pack.py"))
    assert (problem.file, problem.line) == ("broken_here.py", 2)
    assert problem.problem.splitlines() == ["is not valid Python: invalid syntax", "    x = = 1", "        ^"]


@pytest.mark.parametrize("name", ["nosuch.py", ".", "notes.txt"])
def test_what_is_no_pack(folder: Path, name: str) -> None:
    """A missing file, a folder and a file of another kind are errors of the list, without a line."""
    (folder / "notes.txt").write_text("hello\n")
    (problem,) = problems_of(Path(name))
    assert (problem.file, problem.line, problem.level) == (name, None, ERROR)


@pytest.mark.parametrize(
    ("service", "said"),
    [
        pytest.param("s3", None, id="right"),
        pytest.param("vpc-lattice-svcs", None, id="of a data plane"),
        pytest.param("s3-object-lambda", None, id="another of S3's"),
        pytest.param(
            "bedrock-runtime",
            "AWS does not sign by the service word 'bedrock-runtime' but by 'bedrock'",
            id="other",
        ),
        pytest.param("S3", "not sign by the service word 'S3' but by 's3'", id="capital"),
        pytest.param("opensearch", "but by 'es'", id="new name"),
        pytest.param("mine", "service 'mine' is no name that AWS is known to sign by", id="unknown"),
    ],
)
def test_service_words(folder: Path, service: str, said: str | None) -> None:
    """A word that AWS does not sign by is a warning that names the right one, if it is known."""
    write_pack(folder, f"pack.add_network_domain('amazonaws.com')\n{KEY.format(service)}")
    problems = told(problems_of(Path("pack.py")))
    if said is None:
        assert problems == []
    else:
        ((_, line, level, problem),) = problems
        assert (line, level) == (4, WARNING)
        assert said in problem


@pytest.mark.parametrize(
    ("domain", "is_suffix"),
    [
        *((domain, True) for domain in ("com", "aws", "internal", "co.uk", "com.au", "ne.jp", "com.cn")),
        *(
            (domain, False)
            for domain in ("example.com", "amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws")
        ),
        *(
            (domain, False)
            for domain in ("localhost", "localhost:80", "127.0.0.1", "[::1]", "app:8080", "bbc.co.uk")
        ),
        ("github.io", False),
    ],
)
def test_public_suffixes(domain: str, is_suffix: bool) -> None:
    """By its form: one label, or a general word under a country's code; AWS's own domains are none."""
    assert is_public_suffix(domain) is is_suffix


def test_public_suffixes_are_warned_of(folder: Path) -> None:
    """Also as the domain that an endpoint must be under."""
    write_pack(
        folder,
        """
        pack.add_network_domain("example.com", "co.uk")
        pack.set_user_authentication(
            type=sdk.AuthenticationType.NONE, requires_endpoint_url=True, endpoint_domain="com"
        )
        """,
    )
    said = "is a public suffix: every host of every owner below it may be called"
    assert told(problems_of(Path("pack.py"))) == [
        ("pack.py", 4, WARNING, f"network domain co.uk {said}"),
        ("pack.py", 5, WARNING, f"authentication: endpoint_domain com {said}"),
    ]


def test_missing_descriptions_are_warned_of(folder: Path) -> None:
    """Of formulas, and of all parameters of a formula in one line."""
    source = """
        from typing import Annotated

        @pack.formula
        def one(context, a, b: Annotated[int, "Right."], *c): ...

        @pack.formula
        def two(context, a: str):
            \"\"\"Two.\"\"\"
    """
    write_pack(folder, source)
    assert told(problems_of(Path("pack.py"))) == [
        ("pack.py", 6, WARNING, "One has no description"),
        ("pack.py", 6, WARNING, "One has no description of its parameters a, c"),
        ("pack.py", 9, WARNING, "Two has no description of its parameter a"),
    ]


def test_problems_are_plain_data(folder: Path) -> None:
    """Levels are texts, for JSON."""
    write_pack(folder, "pack.set_version('x')\n", head=HEAD)
    (problem,) = problems_of(Path("pack.py"))
    assert json.dumps([problem.level]) == '["error"]'


def test_interruptions_are_no_problems(folder: Path) -> None:
    """Ctrl-C while a pack is loaded interrupts the program."""
    write_pack(folder, "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        problems_of(Path("pack.py"))
