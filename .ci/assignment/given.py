"""What the tests hand over beside plain data: built where the student's code runs."""


def frozen(array):
    """Return the array, no longer to be written to: a function that changes it raises."""
    array = array.copy()
    array.flags.writeable = False
    return array
