"""A file of credentials is kept out of git, by git's own judgement: what is done, and what is only said."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from coda_cli.auth.gitignore import keep_out_of_git

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".coda-credentials.json"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a work tree with a folder of packs in it, and no configuration of this machine's."""
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in [name for name in os.environ if name.startswith("GIT_") and name != "GIT_CONFIG_NOSYSTEM"]:
        monkeypatch.delenv(name)
    root = tmp_path / "a tree "
    (root / "packs").mkdir(parents=True)
    git(root, "init", "--quiet")
    return root


def git(folder: Path, *arguments: str) -> str:
    """Run git, and return what it says."""
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    author |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **author},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def credentials_in(folder: Path) -> Path:
    """Write a file of credentials."""
    path = folder / NAME
    path.write_text("{}")
    return path


def untracked(tree: Path) -> str:
    """Say what git would add."""
    return git(tree, "status", "--porcelain", "--untracked-files=all")


def test_it_is_added(tree: Path) -> None:
    """One line in the work tree's own .gitignore keeps the file out, wherever in it the pack lies."""
    path = credentials_in(tree / "packs")
    assert NAME in untracked(tree)
    assert keep_out_of_git(path) == (f"Added {NAME} to {tree / '.gitignore'}.",)
    assert (tree / ".gitignore").read_text() == f"{NAME}\n"
    assert NAME not in untracked(tree)


def test_it_is_added_once(tree: Path) -> None:
    """What is ignored already is not added again, and nothing is said."""
    keep_out_of_git(credentials_in(tree / "packs"))
    assert keep_out_of_git(credentials_in(tree / "packs")) == ()
    assert keep_out_of_git(credentials_in(tree)) == ()
    assert (tree / ".gitignore").read_text() == f"{NAME}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("*.pyc\n", f"*.pyc\n{NAME}\n", id="line end"),
        pytest.param("*.pyc", f"*.pyc\n{NAME}\n", id="no line end"),
        pytest.param("", f"{NAME}\n", id="empty"),
        pytest.param("*.json\n!.coda*\n", f"*.json\n!.coda*\n{NAME}\n", id="excepted before"),
        pytest.param("\xe9\n", f"\xe9\n{NAME}\n", id="not UTF-8"),
    ],
)
def test_other_lines_stay(tree: Path, before: str, after: str) -> None:
    """The line is appended; what stands there is not touched."""
    (tree / ".gitignore").write_bytes(before.encode("latin-1"))
    assert keep_out_of_git(credentials_in(tree / "packs")) != ()
    assert (tree / ".gitignore").read_bytes() == after.encode("latin-1")
    assert NAME not in untracked(tree)


@pytest.mark.parametrize("where", [".gitignore", "packs/.gitignore", ".git/info/exclude"])
@pytest.mark.parametrize("pattern", ["*.json", ".coda-*", f"**/{NAME}"])
def test_patterns_that_ignore_it_count(tree: Path, where: str, pattern: str) -> None:
    """Git is asked what it ignores, whichever pattern does it and wherever it stands."""
    file = tree / where
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{pattern}\n")
    assert keep_out_of_git(credentials_in(tree / "packs")) == ()
    assert file.read_text() == f"{pattern}\n"


def test_outside_git(tmp_path: Path) -> None:
    """Where there is no work tree, nothing is done or said."""
    path = credentials_in(tmp_path)
    assert keep_out_of_git(path) == ()
    assert list(tmp_path.iterdir()) == [path]


def test_in_the_index(tree: Path) -> None:
    """A file that git has already is beyond ignoring: the command that takes it out is said, and works."""
    path = credentials_in(tree / "packs")
    git(tree, "add", "--all")
    said = keep_out_of_git(path)
    assert "is in git's index" in said[0]
    assert not (tree / ".gitignore").exists()
    (command,) = (line.partition("   ")[0].strip() for line in said if "git rm" in line)
    subprocess.run(["sh", "-c", command], cwd=tree, check=True, capture_output=True)
    assert keep_out_of_git(path) == (f"Added {NAME} to {tree / '.gitignore'}.",)
    assert NAME not in untracked(tree)


def test_a_relative_path(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack is mostly named by a relative path."""
    path = credentials_in(tree / "packs")
    monkeypatch.chdir(path.parent)
    (said,) = keep_out_of_git(path.relative_to(path.parent))
    assert said.startswith("Added ")
    assert NAME not in untracked(tree)


def test_gitignore_that_cannot_be_written(tree: Path) -> None:
    """It is said what to do by hand."""
    (tree / ".gitignore").mkdir()
    (said,) = keep_out_of_git(credentials_in(tree / "packs"))
    assert said == (f"{tree / '.gitignore'} cannot be written (Is a directory): add {NAME} to it yourself.")


def test_excepted_after_all(tree: Path) -> None:
    """Where another rule outdoes the added line, nobody is told that the file is safe."""
    (tree / "packs" / ".gitignore").write_text(f"!{NAME}\n")
    said = "\n".join(keep_out_of_git(credentials_in(tree / "packs")))
    assert "git still does not ignore" in said
    assert NAME in untracked(tree)


def test_a_link(tree: Path, tmp_path: Path) -> None:
    """Where the file is a link, what it leads to holds the secrets, and is kept out of its own work tree."""
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    target = other / "shared [1]*.json"
    target.write_text("{}")
    path = tree / "packs" / NAME
    path.symlink_to(target)
    assert keep_out_of_git(path) == (
        f"Added {NAME} to {tree / '.gitignore'}.",
        f"Added shared [1]*.json to {other / '.gitignore'}.",
    )
    assert "shared [1]*.json" not in untracked(other)
    assert NAME not in untracked(tree)


@pytest.mark.parametrize("why", ["no git", "git says no"])
def test_git_cannot_be_asked(tree: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    """In a work tree that git itself does not look at, a person is told to take care."""
    path = credentials_in(tree / "packs")
    if why == "no git":
        monkeypatch.setenv("PATH", str(tree))
    else:
        (tree / ".git" / "HEAD").write_text("nonsense")
    (said,) = keep_out_of_git(path)
    assert said == f"git cannot be asked about {path}: see to it yourself that it is ignored."
    assert not (tree / ".gitignore").exists()
