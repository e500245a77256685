"""One meaning a colour, in static and in live figures: the hues of the roles are the same wherever they are defined."""

import re
from colorsys import rgb_to_hls

import pytest
from figure_page import STATIC
from matplotlib.colors import to_rgb

from nnlib import plot

ROLES = {"value": plot.BLUE, "gradient": plot.ORANGE, "label": plot.GREEN, "parameter": plot.PURPLE}
SHEETS = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("figures/colours.css", "book.css"))


def hue(colour):
    return 360 * rgb_to_hls(*to_rgb(colour))[0]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_one_hue(role):
    """On the light page, on the dark one and on paper."""
    colours = re.findall(rf"--{role}: (#[0-9a-f]{{6}});", SHEETS)
    assert len(colours) == 3
    assert {colour: round(hue(colour)) for colour in colours if abs(hue(colour) - hue(ROLES[role])) > 6} == {}


def test_hues_lie_apart():
    hues = sorted(map(hue, ROLES.values()))
    gaps = [after - before for before, after in zip(hues, [*hues[1:], hues[0] + 360], strict=True)]
    assert min(gaps) > 30
