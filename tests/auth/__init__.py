"""Tests of who is calling, and how a request is authenticated."""
