"""What the figures were measured on: the machine and the versions, without a name or a path."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

LIBRARIES = ("click", "requests", "urllib3", "botocore", "jmespath")


def describe_machine() -> dict[str, str]:
    """Return what matters for the figures, by name."""
    return {
        "cores": str(os.cpu_count()),
        "processor": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        **{library: version(library) for library in LIBRARIES},
    }
