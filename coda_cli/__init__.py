"""A runner for packs: typed formulas over AWS and other HTTP APIs.

Pack authors import ``coda_cli.sdk``; people run ``coda``. Everything else is the runner's own and may
change between releases.
"""

__version__ = "0.1.0"
