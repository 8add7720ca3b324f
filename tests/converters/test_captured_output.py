"""Output of converters is captured, and shown when they fail."""

import os

import pytest

from unfilter_converters.captured_output import captured_output


def speak() -> None:
    print("from Python")
    os.write(1, b"from C++, output\n")
    os.write(2, b"from C++, error\n")


def test_nothing_is_printed_when_all_goes_well(capfd: pytest.CaptureFixture[str]) -> None:
    with captured_output():
        speak()
    assert capfd.readouterr() == ("", "")


def test_everything_is_printed_to_standard_error_when_the_body_fails(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with captured_output():
            speak()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    out, error = capfd.readouterr()
    assert out == ""
    assert {"from Python", "from C++, output", "from C++, error"} <= set(error.splitlines())


def test_printing_works_again_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    with captured_output():
        pass
    speak()
    out, error = capfd.readouterr()
    assert set(out.splitlines()) == {"from Python", "from C++, output"}
    assert error == "from C++, error\n"
