"""The devices on which kernels are tried: the machine's own, or Mesa's in software, and Chromium's.

A browser is the strictest judge of a kernel: it grants the least, and refuses a barrier that not all threads reach. The
files are the same, byte by byte.
"""

import base64
import sys
from glob import glob

import numpy as np
import pytest
from chromium import find_chromium

from nnlib.gpu.device import WORD, Device, NoDevice, source

DRIVERS = ("/usr/share/vulkan/icd.d/*.json", "/etc/vulkan/icd.d/*.json")
CHROMIUM = ["--headless", "--no-sandbox", "--enable-unsafe-webgpu", "--disable-background-networking", "--disable-sync"]
PAGE = "https://kernels.test/"  # nothing is asked of it; but only a page of this kind is given WebGPU

SCRIPT = """
async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  const device = await adapter?.requestDevice();
  if (!device) return "no WebGPU";
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffers = [], calls = [], pipelines = new Map();
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const checked = async make => {
    device.pushErrorScope("validation");
    const made = make(), error = await device.popErrorScope();
    if (error) throw new Error(error.message);
    return made;
  };
  window.card = {
    empty: size => buffers.push(device.createBuffer({ size, usage })) - 1,
    write: (i, start, text) => device.queue.writeBuffer(buffers[i], start, bytes(text)),
    async read(i, start, size) {
      const copy = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffers[i], start, copy, 0, size);
      device.queue.submit([encoder.finish()]);
      await copy.mapAsync(GPUMapMode.READ);
      return btoa(Array.from(new Uint8Array(copy.getMappedRange()), b => String.fromCharCode(b)).join(""));
    },
    async call(code, arrays, groups) {
      if (!pipelines.has(code)) {
        const module = device.createShaderModule({ code });
        const errors = (await module.getCompilationInfo()).messages.filter(message => message.type === "error");
        if (errors.length) throw new Error(errors[0].message);
        pipelines.set(code, await checked(() => device.createComputePipeline({ layout: "auto", compute: { module } })));
      }
      const pipeline = pipelines.get(code);
      const entries = arrays.map(([i, offset, size], binding) => (
        { binding, resource: { buffer: buffers[i], offset, size } }));
      const layout = pipeline.getBindGroupLayout(0);
      const bound = await checked(() => device.createBindGroup({ layout, entries }));
      return calls.push({ pipeline, bound, groups }) - 1;
    },
    run: (places, copy) => checked(() => {
      const encoder = device.createCommandEncoder(), pass = encoder.beginComputePass();
      for (const { pipeline, bound, groups } of places.map(place => calls[place])) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bound);
        pass.dispatchWorkgroups(...groups);
      }
      pass.end();
      if (copy) {
        const [from, start, to, target, size] = copy;
        encoder.copyBufferToBuffer(buffers[from], start, buffers[to], target, size);
      }
      device.queue.submit([encoder.finish()]);
    }),
  };
  return Object.fromEntries(Object.keys(Object.getPrototypeOf(device.limits)).map(name => [name, device.limits[name]]));
}
"""


class InChromium(Device):
    """What `Device` is, in a page: with what a browser grants to a page that asks for nothing."""

    in_software = True  # SwiftShader's processor: there is no card

    def __init__(self, tab):
        self.tab, self.name = tab, "Chromium"
        tab.route("**/*", lambda route: route.fulfill(body="<title>kernels</title>", content_type="text/html"))
        tab.goto(PAGE)
        self.limits = tab.evaluate(SCRIPT)
        assert self.limits != "no WebGPU", "expected WebGPU in Chromium, got none"

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
        if copy:
            a, b = copy
            copy = a.buffer, a.start, b.buffer, b.start, b.nbytes
        self.ask("run", list(calls), copy)


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


@pytest.fixture(scope="session", params=["own", pytest.param("chromium", marks=pytest.mark.sweep(seconds=2))])
def device(request):
    if request.param == "own":
        yield own()
        return
    playwright = request.getfixturevalue("browser").browser_type
    browser = playwright.launch(executable_path=find_chromium(), args=CHROMIUM)
    yield InChromium(browser.new_page())
    browser.close()
