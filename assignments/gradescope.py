"""Who handed in what, by the file that Gradescope puts into its export."""

import yaml

from assignments import files

SIZE = 50_000_000  # bytes
DEPTH = 50


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads plain values alone; what has a tag of Ruby's, a point of time, is None."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: None)


def submitters(data):
    """Return for each submission the students who handed it in.

    Parameters
    ----------
    data : bytes
        Of `submission_metadata.yml`.

    Returns
    -------
    dict of list
        From "submission_101" to pairs of a name and what identifies a student: the number, else the address, else "".
        Empty where the file cannot be read.
    """
    if len(data) > SIZE:
        return {}
    try:
        text = files.decoded(data)[0]
        depth = 0
        # Counted first: the loader in C goes as deep as the text does.
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEPTH:
                return {}
        return _found(yaml.load(text, Loader=_Loader))
    except (files.Unreadable, yaml.YAMLError, ValueError, RecursionError, MemoryError, TypeError):
        return {}


def _found(value):
    submissions = value.items() if isinstance(value, dict) else ()
    found = {name: _people(_field(each, "submitters")) for name, each in submissions if isinstance(name, str)}
    return {name: people for name, people in found.items() if people}


def _field(value, name):
    return value.get(":" + name, value.get(name)) if isinstance(value, dict) else None


def _people(given):
    people = []
    for each in given if isinstance(given, list) else ():
        number, name, address = (_word(_field(each, key)) for key in ("sid", "name", "email"))
        if name or number or address:
            people.append((name or address or number, number or address))
    return people


def _word(value):
    return str(value)[:300] if isinstance(value, str | int) and not isinstance(value, bool) else ""
