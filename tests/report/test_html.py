"""The page: complete, closed, escaped, and on its own."""

import json
import re
from dataclasses import replace

import pytest
from molecules_by_hand import methane, together

from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.report.html import render, write_report
from eloss_plugins.report.model import LossRuns, Report, Table

from .hostile import HOSTILE, Balance, assert_hostile_words_stay_words, read


def parsed(report: Report) -> Balance:
    return read(render(report))


def words(report: Report) -> str:
    return " ".join(" ".join(parsed(report).words).split())


def test_every_element_is_closed(report):
    assert {"table", "svg", "canvas", "button"} <= set(parsed(report).seen)


@pytest.mark.parametrize(
    "expected",
    [
        "Two losses",
        "gdm",
        "10.0 ± 0.0 %",
        "20/200",
        "[6.6, 14.9]",
        "80.0 ± 0.0 %",
        "160/200",
        "seed 0",
        "80/100 (80.0 %)",
        "real molecules",
        "7/7 (100.0 %)",
        "unstable atoms",
        "180/200 (90.0 %)",
        "-4.25 ± 0.00 nats",
        "learning rate",
        "chosen by stability",
        "same network for both",
        "2.13.0",
        "10 min 11 s",
        "training time, mean 1 min 1 s",
        "2026-01-02 03:04",
    ],
)
def test_page_states(report, expected):
    assert expected in words(report)


def test_only_the_leader_is_bold(report):
    bold = re.findall(r"<strong>(\d[^<]*)</strong>", render(report))
    assert len(bold) > 1
    assert "80.0 ± 0.0 %" in bold
    assert "10.0 ± 0.0 %" not in bold


def test_page_needs_no_network(report):
    page = render(report)
    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(|<link|src=", page)


def test_hostile_words_stay_words(report):
    groups = tuple(replace(group, loss=group.loss + HOSTILE) for group in report.groups)
    tables = (Table(HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE),)
    assert_hostile_words_stay_words(render, report, groups=groups, tables=tables)


def test_scenes_are_json_that_cannot_end_their_element(report):
    group = replace(report.groups[1], loss=HOSTILE)
    page = render(replace(report, groups=(group,)))
    data = re.search(r'id="scenes">(.*?)</script>', page, re.S).group(1)
    assert "<" not in data
    assert HOSTILE in json.loads(data)[0]["title"]


def test_broken_molecules_have_a_figure_each(report):
    buttons = re.findall(r'<button type="button" class="figure[^>]*>', render(report))
    assert len(buttons) == 5
    assert "no atoms: no atoms" in words(report)


def test_page_with_many_molecules_stays_below_two_megabytes(report, random_cloud):
    many = random_cloud.subset([0] * 100)
    groups = tuple(replace(report.groups[0], loss=str(i), examples=many) for i in range(8))
    assert len(render(replace(report, groups=groups)).encode()) < 2_000_000


def test_page_of_one_loss_decides_nothing(report):
    alone = words(replace(report, groups=report.groups[:1]))
    assert "In short" not in alone
    assert "ahead with" not in alone


def test_page_of_runs_that_all_failed_is_written(report):
    empty = LossRuns("energy", ())
    assert "Two losses" in words(replace(report, groups=(empty, replace(empty, loss="mse"))))
    assert "energy" in words(replace(report, groups=(report.groups[0], empty)))


def test_atoms_beyond_any_number_do_not_break_the_page(report):
    far = Molecule(methane().positions * 1e300, methane().numbers, "far")
    parsed(replace(report, groups=(replace(report.groups[0], examples=together(far)),)))


def test_file_is_written_whole(report, tmp_path):
    write_report(tmp_path / "report.html", report)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == render(report)


def test_no_examples_leave_the_gallery_out(report):
    none = MoleculeSet.from_molecules([])
    bare = replace(report, groups=tuple(replace(g, examples=none) for g in report.groups))
    assert "canvas" not in parsed(bare).seen
