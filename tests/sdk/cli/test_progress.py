"""What changes all the time is said now and then in a log."""

import pytest

from unfilter.cli.progress import announcing


@pytest.mark.parametrize(("every", "lines"), [(0.0, ["1", "2", "3"]), (3600.0, [])])
def test_a_log_gets_no_second_line_within_the_interval(
    every: float, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    say = announcing(every)
    for step in range(1, 4):
        say(str(step))
    assert capsys.readouterr().err.split() == lines
