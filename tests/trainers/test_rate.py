import pytest

from eloss_plugins.trainers.rate import COURSES, rate_factor


def test_the_rate_rises_in_equal_parts_and_then_stays() -> None:
    rates = [rate_factor(step, 10, warmup=3, course="constant") for step in range(6)]
    assert rates == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]


def test_the_linear_course_falls_in_equal_parts() -> None:
    rates = [rate_factor(step, 4, warmup=0, course="linear") for step in range(4)]
    assert rates == [1.0, 0.75, 0.5, 0.25]


def test_the_cosine_course_is_half_way_down_half_way_through() -> None:
    assert rate_factor(50, 100, warmup=0, course="cosine") == pytest.approx(0.5)


@pytest.mark.parametrize("course", COURSES)
def test_no_step_of_a_run_has_rate_zero(course: str) -> None:
    rates = [rate_factor(step, 7, warmup=2, course=course) for step in range(7)]
    assert all(0 < rate <= 1 for rate in rates)


def test_a_run_that_is_all_rise_does_not_divide_by_zero() -> None:
    assert rate_factor(3, 3, warmup=3, course="linear") == 1.0
