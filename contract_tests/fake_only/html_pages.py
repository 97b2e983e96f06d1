"""A page of HTML as its reader's browser takes it apart, with what must hold of each."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

VOID = {"link", "meta"}
LOADING = {
    "script",
    "iframe",
    "img",
    "image",
    "object",
    "embed",
    "video",
    "audio",
    "form",
    "base",
    "use",
    "foreignobject",
}


class Page(HTMLParser):
    """Takes ``text`` apart, and asserts that it is one well-formed page that loads and runs nothing."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.headings: list[int] = []
        self.style = self.policy = self.title = ""
        self.feed(text)
        self.close()
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.open and self.open[-1] == "style":
            self.style += data
        if self.open == ["html", "head", "title"]:
            self.title += data

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        given = dict(attrs)
        assert len(set(names)) == len(names)
        assert not {name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "ping")}
        self.tags.append(tag)
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given["href"])] if tag == "a" else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        if tag == "link":
            assert given == {"rel": "icon", "href": "data:,"}  # so that no browser asks for one
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(given["content"])

    def _check(self) -> None:
        assert self.open == []
        assert not LOADING & set(self.tags)
        assert self.tags.count("main") == self.tags.count("header") == self.tags.count("footer") == 1
        assert len(set(self.ids)) == len(self.ids)
        assert self.headings[0] == 1
        assert self.headings.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in zip(self.headings, self.headings[1:], strict=False))
        inside = {link[1:] for link in self.links if link.startswith("#")}
        assert inside <= set(self.ids)
        assert all(link.lower().startswith(("#", "http://", "https://")) for link in self.links)
        assert "default-src 'none'" in self.policy
        assert f"'sha256-{b64encode(sha256(self.style.encode()).digest()).decode()}'" in self.policy
