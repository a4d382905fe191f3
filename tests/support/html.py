"""A page read back: whether it is whole, what stands in it, and what it would fetch."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"meta", "br", "img", "hr", "col", "link", "input"})
FETCHED = frozenset({"src", "href", "srcset", "data", "action", "poster", "xlink:href"})


class Read(HTMLParser):
    """Every element that is opened is closed. texts, attributes: by tag, in order. addresses: what could be fetched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.attributes: dict[str, list[dict[str, str | None]]] = {}
        self.addresses: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.setdefault(tag, []).append(dict(attrs))
        self.texts.setdefault(tag, []).append("")
        self.addresses += [str(value) for name, value in attrs if name in FETCHED]
        assert not [name for name, _ in attrs if name.startswith("on")], f"{tag} has a script"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in dict.fromkeys(self.open):
            self.texts[tag][-1] += data

    def require_alone(self) -> None:
        """It fetches nothing, runs nothing, and its links lead to places in itself."""
        assert "script" not in self.texts
        assert "link" not in self.texts
        known = {each["id"] for kind in self.attributes.values() for each in kind if each.get("id")}
        for address in self.addresses:
            assert address.startswith(("data:image/", "#")), address
            assert not address.startswith("#") or address[1:] in known, address
        for sheet in self.texts["style"]:
            assert "url(" not in sheet
            assert "@import" not in sheet
