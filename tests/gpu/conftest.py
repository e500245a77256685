"""A page with kernels, in Chromium with WebGPU."""

import pytest
from gpu_page import served


@pytest.fixture(scope="session")
def kernels(tmp_path_factory):
    """The address of the pages with kernels."""
    with served(tmp_path_factory.mktemp("editor")) as address:
        yield address
