"""Run one formula of one pack."""
