"""How fast coda is, beside what else does the same: ``make bench``. See ``README.md`` here."""
