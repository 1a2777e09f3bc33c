"""docs/data.md: its snippets run."""

import pytest
from pages import code, page

SNIPPETS = code(page("docs/data.md"))


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippet_of_the_page_runs(snippet, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(snippet, "docs/data.md", "exec"), {})
    assert "Traceback" not in capsys.readouterr().out


def test_page_has_snippets():
    assert SNIPPETS
