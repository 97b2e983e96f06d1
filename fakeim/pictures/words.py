"""Values as people read them: moments, durations, JSON, and text that is shown and never obeyed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from json import dumps, loads  # bound now: a test may replace json.dumps, and a report is made after that
from typing import Any

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufdd0-\ufdef\ud800-\udfff"  # controls, no characters, half pairs
    r"\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text behind it; letters of RTL scripts stay
    rf"{''.join(f'{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}' for plane in range(17))}]"
)
_LINK = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1))


def visible(text: str) -> str:
    """Give ``text`` with escapes in place of what is not seen, steers what is around it, or has no place in HTML."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def printable(text: str) -> str:
    """Give ``text`` on one line, with escapes in place of what could steer a terminal, or is not seen."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def link(text: str) -> str | None:
    """Give ``text`` if it is an address of the web that a page may lead to, or ``None``."""
    return text if _LINK.fullmatch(text) else None


def moment(at: datetime) -> str:
    """Write a moment in UTC, to the millisecond where it is not a whole second."""
    return f"{day(at)} {clock(at)} UTC"


def day(at: datetime) -> str:
    """Write the day of a moment in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def clock(at: datetime, *, fine: bool = False) -> str:
    """Write the time of day of a moment in UTC; ``fine`` has milliseconds where there are none, too."""
    milliseconds = at.microsecond // 1000
    return f"{at.astimezone(UTC):%H:%M:%S}" + (f".{milliseconds:03}" if milliseconds or fine else "")


def iso(at: datetime) -> str:
    """Write a moment as HTML's ``datetime`` has it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span(duration: timedelta) -> str:
    """Write a duration with its two largest units, as in ``11 min 3 s``; what is less is left out."""
    rest = abs(duration // timedelta(milliseconds=1))
    for place, (unit, size) in enumerate(_UNITS):
        if rest >= size:
            smaller, smaller_size = _UNITS[place + 1] if place + 1 < len(_UNITS) else (unit, size)
            count = rest % size // smaller_size if smaller_size < size else 0
            return f"{rest // size} {unit}" + (f" {count} {smaller}" if count else "")
    return "0 s"


def offset(duration: timedelta) -> str:
    """Write how long before or after something a moment is."""
    return f"{'−' if duration < timedelta(0) else '+'}{span(duration)}"  # noqa: RUF001 - a minus sign


def cut(text: str, longest: int) -> str:
    """Give at most ``longest`` characters of ``text``."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def compact(value: Any) -> str:
    """Write a value of the API on one line; a text as it is."""
    return value if isinstance(value, str) else moment(value) if isinstance(value, datetime) else _written(value)


def pretty(value: Any) -> str:
    """Write a value of the API as indented JSON."""
    return _written(value, indent=2)


def parsed(text: str) -> Any:
    """Read ``text`` as JSON, or give ``None`` for what is none, or too deep to be shown as such."""
    try:
        value = loads(text)
        dumps(value)
    except (ValueError, RecursionError):
        return None
    return value


def _written(value: Any, indent: int | None = None) -> str:
    return dumps(value, indent=indent, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return moment(value) if isinstance(value, datetime) else str(value)
