"""Words that try to be markup, and a reader of pages that sees what they became."""

from dataclasses import replace
from html.parser import HTMLParser

from eloss_plugins.report.about import About

VOID = {"meta", "br", "hr", "img", "input", "link"}
HOSTILE = "</script><script>alert('x')</script>\"&'<b onclick=y>"
ABOUT = About({HOSTILE: HOSTILE}, (HOSTILE,), {HOSTILE: HOSTILE}, {HOSTILE: HOSTILE}, HOSTILE)
EVERYWHERE = 10
"""Places of the title and of `ABOUT` on a page: twice the title, then the eight words of these."""


class Balance(HTMLParser):
    """Raises where an end tag does not close the innermost open element."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data.strip())


def read(page: str) -> Balance:
    balance = Balance()
    balance.feed(page)
    balance.close()
    assert balance.open == []
    return balance


def assert_hostile_words_stay_words(render, report, **fields):
    """The page of a report whose title, `about` and `fields` are hostile shows them as text."""
    plain = read(render(report))
    page = read(render(replace(report, title=HOSTILE, about=ABOUT, **fields)))
    assert page.seen.count("script") == plain.seen.count("script")
    assert "b" not in page.seen
    assert page.words.count(HOSTILE) >= EVERYWHERE + len(fields)
