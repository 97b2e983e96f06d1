r"""The model's patterns, which are Java's and matched against a whole value, for those who search with other dialects.

Where the dialects differ, of what the model uses:
 1. The whole value: Java's ``matches`` needs no anchors. JSON Schema searches, and in Python ``$`` also matches before
    a newline at the end. ``(?![\s\S])`` is the end of the text in every dialect.
 2. ``.`` is no line terminator; Java has five of them, ECMA-262 four (not U+0085), Python one.
    That the service's expressions are Java's is inferred from the words of its messages [inferred §3.4].
 3. A hyphen in a class that stands for itself is escaped: some dialects read ``[9-_]`` in ``[0-9-_]``. ``+-/`` is a
    range in all of them, of ``+ , - . /`` (catalogue §11).
 4. Only what ECMA-262 allows with the flag ``u`` is escaped.

What else Java knows (possessive quantifiers, ``&&`` in a class, ``\d``, which is ASCII only in Java, and so on) the
model does not use. It is refused, not guessed at.
"""

from __future__ import annotations

import re
from functools import cache

_END = r"(?![\s\S])"
_NO_LINE_TERMINATOR = r"[^\n\r\u0085\u2028\u2029]"
_SYNTAX, _CLASS_SYNTAX = frozenset("^$\\.*+?()[]{}|"), frozenset("^-\\[]")

_PARTS = re.compile(
    r"""
      (?P<same> \( (?: \?[:=!] | (?!\?) ) | \) | \| | (?: [*+?] | \{\d+(?:,\d*)?\} ) \?? (?!\+) | [^\\^$.*+?()\[\]{}|] )
    | (?P<dot> \. )
    | \\ (?P<escaped> [^A-Za-z0-9] )
    | \[ (?P<not>\^?) (?P<class> (?: \\[^A-Za-z0-9] | (?!&&) [^\\\[\]] )+ ) \]
    """,
    re.VERBOSE,
)
_CLASS_PARTS = re.compile(r"(?P<low>\\.|[^\\])-(?P<high>\\.|[^\\])|\\?(?P<one>.)", re.DOTALL)


@cache
def whole(pattern: str) -> str:
    """Translate one of the model's patterns to one for ECMA-262 and Python's ``re``, to be searched for.

    Args:
        pattern: As the model states it.

    Returns:
        A pattern that is found in a value, in either dialect, if and only if Java's matches the whole value.

    Raises:
        ValueError: It uses something of Java's that is not translated.
    """
    inner = pattern.removeprefix("^").removesuffix("$")
    translated, position = "", 0
    while position < len(inner):
        part = _PARTS.match(inner, position)
        if part is None:
            raise ValueError(f"the pattern {pattern} has {inner[position:]!r}, which fakeim cannot translate from Java")
        translated += _translated(part)
        position = part.end()
    return f"^(?:{translated}){_END}"


def _translated(part: re.Match[str]) -> str:
    if part["dot"]:
        return _NO_LINE_TERMINATOR
    if part["escaped"]:
        return _literal(part["escaped"])
    if part["class"]:
        return f"[{part['not']}{''.join(map(_in_class, _CLASS_PARTS.finditer(part['class'])))}]"
    return part["same"]


def _in_class(part: re.Match[str]) -> str:
    if part["one"]:
        return _literal(part["one"], _CLASS_SYNTAX)
    low, high = (_literal(part[end].removeprefix("\\"), _CLASS_SYNTAX) for end in ("low", "high"))
    return f"{low}-{high}"


def _literal(char: str, syntax: frozenset[str] = _SYNTAX) -> str:
    return f"\\{char}" if char in syntax else char
