"""The tests of the example packs."""
