"""What a process listens on, as the kernel tells it."""

from __future__ import annotations

import re
from pathlib import Path

LOOPBACK = "0100007F"  # 127.0.0.1 in the order of this machine's bytes
_LISTENING = "0A"


def listeners(pid: int) -> list[str]:
    """The local addresses that a process listens on, in the kernel's notation."""
    links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {socket[1] for link in links if (socket := re.fullmatch(r"socket:\[(\d+)\]", link))}
    found: list[str] = []
    for table in Path(f"/proc/{pid}/net").glob("tcp*"):
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING and fields[9] in inodes:
                found.append(fields[1])
    return found


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
