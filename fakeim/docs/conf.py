"""How Sphinx builds these pages: ``sphinx-build -W fakeim/docs SOMEWHERE``, or ``tox -e docs``.

What can be read from the code is not written by hand: the reference comes from the docstrings. What ``generated.py``
makes is brought into the pages by ``python -m fakeim.docs``; but for the help of the commands, whose form is that of
the click which is installed: it takes the place of the line ``<!-- generated: commands -->`` as the pages are built.
"""

from __future__ import annotations

import re
from importlib.metadata import version as version_of
from typing import Any

from fakeim.docs import generated

project = "fakeim"
author = "the authors of fakeim"
version = release = version_of("fakeim")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "fakeim"
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autoclass_content = "class"
add_module_names = False
autodoc_mock_imports = ["mypy_boto3_ssm_incidents"]

_MARK = re.compile(r"^<!-- generated: ([a-z-]+) -->$", re.MULTILINE)


def setup(app: Any) -> None:
    """Let Sphinx put the generated parts into the pages as it reads them."""
    app.connect("source-read", _put_generated)


def _put_generated(_app: Any, _page: str, source: list[str]) -> None:
    source[0] = _MARK.sub(lambda found: generated.PARTS[found[1]](), source[0])
