"""What a pack is: definitions only, no I/O; the standard library and errors only."""
