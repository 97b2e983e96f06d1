"""The public face as type checkers see it: nothing here is run; mypy and pyright read it (``tox -e check,pyright``)."""
