"""From templates to text: every value that is not markup already is made visible, then escaped.

A page loads nothing and runs nothing: its Content-Security-Policy allows no more than the one stylesheet that it
carries, by its digest.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fakeim.pictures import words
from fakeim.spec.package_data import package_data

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

REMEDY = 'pages and pictures need Jinja2: pip install "fakeim[html]"'
GENERATOR = '<meta name="generator" content="fakeim">'
"""What every page says near its beginning, so that it is known again."""
TEMPLATES = (
    "account.html",
    "axis.svg",
    "bars.svg",
    "base.html",
    "curves.svg",
    "demo.html",
    "parity.html",
    "parts.html",
    "run.html",
    "run_account.html",
)
LOOK = ("palette.css", "charts.css")
"""The part of the stylesheet that a drawing needs which stands alone."""
POLICY = "default-src 'none'; style-src '{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def render(template: str, **context: Any) -> str:
    """Give the text that ``template``, a file of ``fakeim/pictures/templates``, makes of ``context``.

    Raises:
        ModuleNotFoundError: Jinja2 is not installed; the message says how to get it.
    """
    return environment().get_template(template).render(context)


def load() -> None:
    """Load every template, so that ``render`` reads no file; raises as ``render`` does."""
    for template in environment().list_templates(["html", "svg"]):
        environment().get_template(template)


@cache
def environment() -> Environment:
    """Make Jinja2 ready, once; raises as ``render`` does."""
    try:
        import jinja2  # noqa: PLC0415 - of the extra ``html``
    except ModuleNotFoundError as error:
        if error.name != "jinja2":
            raise
        raise ModuleNotFoundError(REMEDY, name="jinja2") from None

    made = jinja2.Environment(
        loader=jinja2.DictLoader({name: _read(name) for name in TEMPLATES}),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja2

    charts = "".join(map(_read, LOOK))
    style = charts + _read("page.css")
    made.globals |= {
        "generator": Markup(GENERATOR),  # noqa: S704 - ours
        "style": Markup(style),  # noqa: S704 - ours
        "chart_style": Markup(charts),  # noqa: S704 - ours
        "policy": POLICY.format(digest=f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"),
    }
    made.filters |= {"moment": words.moment, "iso": words.iso, "day": words.day, "clock": words.clock, "coded": _coded}
    return made


def digest(text: str) -> str:
    """Give a short name to ``text`` that can be part of an id."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:10]


def _visible(value: Any) -> Any:
    # A subclass of str is markup, or a text that has been escaped.
    return words.visible(value) if type(value) is str else value


def _coded(value: object) -> Markup:
    """Escape a text, and show as code what docstrings mark so."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - comes with Jinja2

    escaped = str(escape(words.visible(str(value))))
    return Markup(re.sub(r"``(.+?)``", r"<code>\1</code>", escaped))  # noqa: S704 - what is in it is escaped


def _read(name: str) -> str:
    return package_data("fakeim.pictures", f"templates/{name}").decode()
