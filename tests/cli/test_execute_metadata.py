"""``coda execute`` of what stands beside formulas, and what a formula stores and logs, as people see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import url2pathname

import pytest

from coda_cli.cli.main import run
from tests.programs import run_coda, write_pack
from tests.servers import Answer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Sequence

Capsys = pytest.CaptureFixture[str]

SOURCE = '''
    from typing import Annotated

    pack.add_network_domain("127.0.0.1")
    pack.set_user_authentication(
        type=sdk.AuthenticationType.NONE,
        get_connection_name=lambda context: "ada",
        post_setup=[
            sdk.SetEndpoint(name="site", description="Choose a site.", get_options=lambda context: ["https://a.example"])
        ],
    )

    def fruits(context, search, parameters):
        if search == "fail":
            raise LookupError("no fruit")
        if search == "visible":
            raise sdk.UserVisibleError("Not today.")
        return sdk.autocomplete_search(search, ["Apple", "Pear", parameters.get("size", "none")])

    def check(context, parameters):
        context.logger.info("checking %s", parameters)
        if parameters["count"] > 3:
            return {"is_valid": False, "message": "At most 3."}
        return {"is_valid": True}

    @pack.formula(validate_parameters=check)
    def buy(
        context: sdk.ExecutionContext,
        fruit: Annotated[str, sdk.Parameter("Which.", autocomplete=fruits)],
        size: Annotated[str, sdk.Parameter(autocomplete=["small", "big"])] = "small",
        count: int = 1,
    ) -> str:
        """Buy some."""
        context.logger.warn("only %d", count)
        return fruit

    IMAGE = sdk.make_schema(type=sdk.ValueType.STRING, coda_type=sdk.ValueHintType.IMAGE_ATTACHMENT)

    @pack.formula(schema=IMAGE)
    def picture(context, url: str) -> str:
        """Keep a picture."""
        return context.temporary_blob_storage.store_url(url, download_filename="a b.png")

    @pack.formula
    def stolen(context) -> sdk.Image:
        """Give a file that nobody stored."""
        return "file:///etc/passwd"

    @pack.formula
    def text(context) -> str:
        """Store what is no blob."""
        return context.temporary_blob_storage.store_blob("text", "text/plain")
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the pack in it."""
    write_pack(tmp_path, SOURCE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def execute(capsys: Capsys, *arguments: str) -> tuple[int, str, str]:
    """Run ``coda execute pack.py`` in this process; return its exit code and both streams."""
    exit_code = run(["execute", "pack.py", *arguments])
    out, err = capsys.readouterr()
    return exit_code, out, err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        pytest.param(["Buy:autocomplete:fruit", "PE"], [{"display": "Pear", "value": "Pear"}], id="search"),
        pytest.param(
            ["Buy:autocomplete:fruit", "bi", '{"size": "big"}'],
            [{"display": "big", "value": "big"}],
            id="others",
        ),
        pytest.param(
            ["buy:autocomplete:size", "--param", "search=big"],
            [{"display": "big", "value": "big"}],
            id="named",
        ),
        pytest.param(["Buy:validateParameters", "Apple"], {"is_valid": True}, id="valid"),
        pytest.param(
            ["Buy:validateParameters", "Apple", "big", "4"],
            {"is_valid": False, "message": "At most 3."},
            id="not valid, and still a result",
        ),
        pytest.param(["Auth:getConnectionName"], "ada", id="name of the account"),
        pytest.param(
            ["Auth:postSetup:setEndpoint:site"],
            [{"display": "https://a.example", "value": "https://a.example"}],
            id="endpoints",
        ),
    ],
)
def test_metadata_functions(capsys: Capsys, arguments: list[str], result: object) -> None:
    """They print what they give, as formulas do, and end with 0."""
    exit_code, out, err = execute(capsys, *arguments)
    assert (exit_code, err) == (0, "")
    assert json.loads(out) == result


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        pytest.param(
            ["Buy:autocomplete:"], 2, ["no 'Buy:autocomplete:'", "Buy:autocomplete:size"], id="none"
        ),
        pytest.param(["Buy:autocomplete:friut"], 2, ["Did you mean Buy:autocomplete:fruit"], id="mistyped"),
        pytest.param(["Buy:autocomplete:count"], 2, ["Buy:autocomplete:"], id="has none"),
        pytest.param(["Buy:autocomplete:fruit", "a", "{"], 2, ["no JSON object"], id="no JSON"),
        pytest.param(["Buy:autocomplete:fruit", "a", "{}", "b"], 2, ["takes at most 2"], id="too many"),
        pytest.param(["Buy:validateParameters"], 2, ["needs parameter fruit"], id="too few"),
        pytest.param(["Buy:validateParameters", "a", "b", "c"], 2, ["'c' is not a number"], id="type"),
        pytest.param(["Auth:getName"], 2, ["It has Auth:"], id="of the account"),
        pytest.param(["Buy", "a", "--authentication", "x"], 2, ["no authentication 'x'"], id="account"),
        pytest.param(["Buy:autocomplete:fruit", "visible"], 1, ["Error: Not today."], id="visible"),
        pytest.param(["Stolen"], 1, ["expected an https: or data: URL"], id="file that is not stored"),
        pytest.param(["Text"], 5, ["a blob is bytes, not str", "at pack.py, line "], id="no blob"),
    ],
)
def test_what_is_refused(capsys: Capsys, arguments: list[str], exit_code: int, said: Sequence[str]) -> None:
    """Each has its own message and exit code, and leaves standard output empty."""
    returned, out, err = execute(capsys, *arguments)
    assert (returned, out) == (exit_code, "")
    for part in said:
        assert part in err


@pytest.mark.usefixtures("folder")
def test_an_autocomplete_that_raises(capsys: Capsys) -> None:
    """It fails as a formula does, with the pack's own frames only."""
    exit_code, out, err = execute(capsys, "Buy:autocomplete:fruit", "fail")
    assert (exit_code, out) == (1, "")
    lines = err.splitlines()
    assert lines[0] == "Error: Buy:autocomplete:fruit failed: LookupError: no fruit"
    assert [line.partition(",")[0].strip() for line in lines if "File" in line] == ['File "pack.py"']


@pytest.mark.usefixtures("folder")
def test_help_of_a_metadata_function(capsys: Capsys) -> None:
    """It is described as a formula is, and takes what it says."""
    exit_code, out, _ = execute(capsys, "Buy:autocomplete:fruit", "--help")
    assert exit_code == 0
    assert "coda execute pack.py Buy:autocomplete:fruit [SEARCH] [PARAMETERS]" in out
    assert "Suggest values for fruit of Buy." in out


@pytest.mark.usefixtures("folder")
def test_what_a_formula_logs(capsys: Capsys) -> None:
    """Warnings go to standard error, and the rest with ``-v`` only."""
    assert execute(capsys, "Buy", "Apple", "--output", "text") == (
        0,
        "Apple\n",
        "Warning of the pack: only 1\n",
    )
    _, _, err = execute(capsys, "Buy:validateParameters", "Apple", "-v")
    assert "pack: checking {'fruit': 'Apple', 'size': 'small', 'count': 1}" in err.splitlines()


def test_what_a_formula_stores_can_be_looked_at(folder: Path) -> None:
    """The file is there after the run, in the temporary folder, for its owner alone; -v says where."""
    (folder / "temporary").mkdir()
    with LoopbackServer(Answer(headers=(("Content-Type", "image/png"),), body=b"\x89PNG")) as server:
        environ = {"TMPDIR": str(folder / "temporary")}
        url = f"{server.url}/a.png"
        done = run_coda(
            "execute",
            "pack.py",
            "Picture",
            url,
            "-v",
            cwd=folder,
            env=environ | {"CODA_ENDPOINT_URL": server.url},
        )
    assert done.returncode == 0, done.stderr
    stored = Path(url2pathname(json.loads(done.stdout).removeprefix("file://")))
    assert stored.read_bytes() == b"\x89PNG"
    assert stored.name == "a b.png"
    assert folder / "temporary" in stored.parents
    assert f"coda: stored 4 bytes of image/png in {stored}" in done.stderr


@pytest.mark.usefixtures("folder")
def test_storing_obeys_no_fetch(capsys: Capsys) -> None:
    """A run without network stores nothing of it."""
    exit_code, _, err = execute(capsys, "Picture", "http://127.0.0.1:1/a.png", "--no-fetch")
    assert exit_code == 5
    assert "unhandled fetch" in err
