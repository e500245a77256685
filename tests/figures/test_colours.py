"""One meaning a colour, in static and in live figures: the hues of the roles are the same wherever they are defined."""

import re
from colorsys import rgb_to_hls

import pytest
from figure_page import STATIC
from matplotlib.colors import to_rgb

from nnlib import plot

ROLES = {"value": plot.BLUE, "gradient": plot.ORANGE, "label": plot.GREEN, "parameter": plot.PURPLE}
SHEETS = {name: (STATIC / name).read_text(encoding="utf-8") for name in ("book.css", "figures/figures.css")}


def hue(colour):
    return 360 * rgb_to_hls(*to_rgb(colour))[0]


def defined(sheet, role):
    """The colours that a style sheet gives a role: on the light page, on the dark one, perhaps on paper."""
    return re.findall(rf"--{role}: (#[0-9a-f]{{6}});", SHEETS[sheet])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_one_hue(role):
    colours = [*defined("book.css", role), *defined("figures/figures.css", role)]
    assert len(colours) == 5
    assert {colour: round(hue(colour)) for colour in colours if abs(hue(colour) - hue(ROLES[role])) > 6} == {}


def test_hues_lie_apart():
    hues = sorted(map(hue, ROLES.values()))
    gaps = [after - before for before, after in zip(hues, [*hues[1:], hues[0] + 360], strict=True)]
    assert min(gaps) > 30


@pytest.mark.parametrize("role", ROLES)
def test_jupyterlab_has_the_colours_of_the_site(role):
    assert defined("figures/figures.css", role) == defined("book.css", role)[:2]
