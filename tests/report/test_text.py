from dataclasses import replace

from eloss_plugins.report.text import comparison_text, report_text


def test_text_states_outcome_counts_and_intervals(report):
    text = report_text(report)
    assert text.startswith("Two losses")
    assert "energy is ahead with 80.0 % (160/200)" in text
    assert "10.0 ± 0.0 %" in text
    assert "[6.6, 14.9]" in text
    assert "7/7 (100.0 %)" in text


def test_lines_are_aligned(report):
    lines = comparison_text(report).splitlines()
    place = lines[0].index("loss")
    assert all(line[place - 1] == " " and line[place] != " " for line in lines)


def test_text_of_one_loss_has_no_outcome(report):
    assert "ahead" not in report_text(replace(report, groups=report.groups[:1]))
