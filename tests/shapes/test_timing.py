from eloss_plugins.shapes.timing import time_steps


def test_both_energies_are_timed_where_they_fit(monkeypatch):
    monkeypatch.setattr("eloss_plugins.shapes.timing.MOST_PAIRS", 12 * 11 // 2)
    monkeypatch.setattr("eloss_plugins.shapes.timing.REPEATS", 1)
    timed = time_steps((8, 12, 14))
    assert [(it.label, it.vertices) for it in timed] == [
        ("energy", 8),
        ("sparse energy", 8),
        ("energy", 12),
        ("sparse energy", 12),
        ("sparse energy", 14),
    ]
    assert all(it.seconds > 0 for it in timed)


def test_nothing_to_time_takes_no_time():
    assert time_steps(()) == ()
