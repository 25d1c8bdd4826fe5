"""Tests of what packs are written with."""
