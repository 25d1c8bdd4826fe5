"""The tests of coda: ``tests/`` mirrors ``coda_cli/``, one ``test_<module>.py`` for a module.

Beside them stand the tests of the whole: ``test_architecture``, ``test_start_up``,
``test_public_api``, ``test_docs`` and ``test_packaging``. Real parts, nothing replaced: a loopback
server, an emulator that verifies signatures, explicit clocks.
"""
