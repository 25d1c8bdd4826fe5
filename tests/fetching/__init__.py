"""Tests of ``coda_cli.fetching``."""
