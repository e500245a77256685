"""A page with kernels, in Chromium with WebGPU."""

import pytest
from gpu_devices import chromium
from gpu_page import served

__all__ = ["chromium"]


@pytest.fixture(scope="session")
def kernels(tmp_path_factory):
    """The address of the pages with kernels."""
    with served(tmp_path_factory.mktemp("editor")) as address:
        yield address
