"""The devices on which kernels are tried: the machine's own, or Mesa's in software, and Chromium's.

A browser is the strictest judge of a kernel: it grants the least, and refuses a barrier that not all threads reach. The
files are the same, byte by byte.
"""

import base64
import os
import sys
from glob import glob
from pathlib import Path

import numpy as np
import pytest
from chromium import find_chromium

from nnlib.gpu.device import WORD, Device, NoDevice, source

ROOT = Path(__file__).parents[1]
DRIVERS = ("/usr/share/vulkan/icd.d/*.json", "/etc/vulkan/icd.d/*.json")
CHROMIUM = ["--headless", "--no-sandbox", "--enable-unsafe-webgpu", "--disable-background-networking", "--disable-sync"]
PAGE = "https://kernels.test/"  # nothing is asked of it; but only a page of this kind is given WebGPU
MODULE = ROOT / "book/_static/gpu/device.js"

SCRIPT = """
async () => {
  const { find } = await import("/device.js"), device = await find();
  if (typeof device === "string") return device;
  const buffers = [], calls = [];
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const numbers = ([i, start, length]) => ({ buffer: buffers[i].buffer, start, length, type: Uint8Array });
  window.card = {
    empty: size => buffers.push(device.empty(size, Uint8Array)) - 1,
    write: (i, start, text) => device.write(numbers([i, start, 0]), bytes(text)),
    read: async (...array) => btoa(Array.from(await device.read(numbers(array)), b => String.fromCharCode(b)).join("")),
    async call(code, arrays, groups) {
      const [first, ...others] = arrays.map(numbers);
      return calls.push(await device.call(code, first, others, groups)) - 1;
    },
    run: (places, copy) => device.checked(() => {
      device.run(places.map(place => calls[place]));
      if (copy) device.copy([copy.map(numbers)]);
    }),
  };
  const { limits } = device.gpu;
  return Object.fromEntries(Object.keys(Object.getPrototypeOf(limits)).map(name => [name, limits[name]]));
}
"""


class InChromium(Device):
    """What `Device` is, in a page: with what a browser grants to a page that asks for nothing."""

    in_software = True  # SwiftShader's processor: there is no card

    def __init__(self, tab):
        self.tab, self.name = tab, "Chromium"
        tab.route("**/*", lambda route: route.fulfill(body="<title>kernels</title>", content_type="text/html"))
        tab.route("**/device.js", lambda route: route.fulfill(path=MODULE, content_type="text/javascript"))
        tab.goto(PAGE)
        self.limits = tab.evaluate(SCRIPT)
        assert isinstance(self.limits, dict), f"expected WebGPU in Chromium, got: {self.limits}"

    def ask(self, verb, *args):
        return self.tab.evaluate("async ([verb, args]) => (await card[verb](...args)) ?? null", [verb, args])

    def _buffer(self, nbytes):
        return self.ask("empty", nbytes)

    def write(self, array, numbers):
        numbers = np.ascontiguousarray(numbers, array.dtype).tobytes()
        numbers += bytes(-len(numbers) % WORD)
        self.ask("write", array.buffer, array.start, base64.b64encode(numbers).decode())

    def read(self, array):
        data = base64.b64decode(self.ask("read", array.buffer, array.start, array.nbytes))
        return np.frombuffer(data, array.dtype, int(np.prod(array.shape))).reshape(array.shape)

    def _bind(self, kernel, arrays, groups):
        code = kernel if "@compute" in kernel else source(kernel)
        return self.ask("call", code, [(a.buffer, a.start, a.nbytes) for a in arrays], list(groups))

    def run(self, calls, copy=None):
        self.ask("run", list(calls), copy and [(a.buffer, a.start, a.nbytes) for a in copy])


def own():
    """Return the machine's device. Where a driver is installed and yet none is found, that is a failure; else the tests
    are skipped, with the reason.
    """
    try:
        return Device()
    except NoDevice as error:
        drivers = [path for place in DRIVERS for path in glob(place)]
        if sys.platform == "linux" and drivers and "package" not in str(error):
            pytest.fail(f"expected a device, as {drivers[0]} is a driver, got none: {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def chromium(request):
    """The browser, with WebGPU: its own in software. Where it has none the tests are skipped, with the reason, but not
    where all is tested.
    """
    playwright = request.getfixturevalue("browser").browser_type
    browser = playwright.launch(executable_path=find_chromium(), args=CHROMIUM)
    tab = browser.new_page()
    tab.route("**/*", lambda route: route.fulfill(body="<title>kernels</title>", content_type="text/html"))
    tab.goto(PAGE)
    found = tab.evaluate("async () => Boolean(await navigator.gpu?.requestAdapter())")
    tab.close()
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"expected WebGPU in {find_chromium()}, got none")
    yield browser
    browser.close()


@pytest.fixture(scope="session", params=["own", pytest.param("chromium", marks=pytest.mark.sweep(seconds=2))])
def device(request):
    if request.param == "own":
        yield own()
        return
    yield InChromium(request.getfixturevalue("chromium").new_page())
