"""Tests of running one formula of one pack."""
