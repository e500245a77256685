"""The word under an exercise: not yet, or passed."""


def report(check, answer):
    """Run ``check(answer)`` and print whether the answer passed, or what was found; never raises.

    Parameters
    ----------
    check : callable
        Named ``check_<exercise>``; it asserts what the answer must do, each assertion with a message.
    answer : object
        What the reader wrote.
    """
    name = check.__name__.removeprefix("check_")
    try:
        check(answer)
    except Exception as error:  # whatever the reader's code does, the page goes on
        reason = str(error) or "an assertion without a message failed"
        kind = "" if isinstance(error, AssertionError | NotImplementedError) else f"{type(error).__name__}: "
        print(f"{name}: not yet: {kind}{reason}")
    else:
        print(f"{name}: passed")
