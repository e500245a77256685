// A graphics card: arrays on it, the kernels of this book, and how they are called, as nnlib/gpu/device.py has it. It
// works in a page and in a worker.

export const ALIGNMENT = 256; // bytes: an array that begins within a buffer begins at a multiple
const { GPUBufferUsage, GPUMapMode, GPUShaderStage } = /** @type {any} */ (globalThis); // where there is WebGPU
const MOMENT = 1000; // ms: how much later than what fails because of it a loss may be told
const WORD = 4; // bytes: what is copied is whole words

let found = null; // the promise of the device, until that is lost

/** The device, the same at each call until it is lost; or a sentence that says why there is none. */
export function find() {
  if (!found) {
    const opened = open();
    const forget = () => {
      if (found === opened) found = null;
    };
    found = opened;
    opened.then((device) => {
      if (device instanceof Device) device.lost.then(forget);
      else forget(); // the next who asks may be luckier
    });
  }
  return found;
}

async function open() {
  if (!isSecureContext) {
    return "Browsers give WebGPU only to pages that come over https, or from this machine. This one does not.";
  }
  if (!navigator.gpu) return "This browser has no WebGPU, or it is switched off.";
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  if (!adapter) {
    return (
      "This browser has WebGPU, and refuses a graphics card: there is none, or it does not trust the driver, or " +
      "hardware acceleration is switched off in its settings."
    );
  }
  try {
    const { description, device, vendor, architecture } = adapter.info ?? {};
    const name = description || device || [vendor, architecture].filter(Boolean).join(" ") || "a card without a name";
    return new Device(await adapter.requestDevice(), name); // which grants what every browser grants, and no more
  } catch (error) {
    return `The graphics card was refused: ${error.message}`;
  }
}

/** The text of a kernel: of its file, and of the one that the file's last line names, "// and blocks.wgsl". */
export async function source(name) {
  const response = await fetch(new URL(`kernels/${name}.wgsl`, import.meta.url), { cache: "no-cache" });
  if (!response.ok) throw new Error(`expected the kernel ${name}.wgsl from this site, got ${response.status}`);
  const text = await response.text();
  const [, rest] = /^\/\/ and (\w+)\.wgsl\n*$/m.exec(text.slice(text.trimEnd().lastIndexOf("\n") + 1)) ?? [];
  return rest ? text + (await source(rest)) : text;
}

/** What a kernel has at binding 0, as bytes: whole numbers, and behind them those that are not. */
export function packed(whole, real = []) {
  const bytes = new ArrayBuffer(WORD * (whole.length + real.length));
  new Uint32Array(bytes, 0, whole.length).set(whole);
  new Float32Array(bytes, WORD * whole.length).set(real);
  return new Uint8Array(bytes);
}

/** How many squares of side × side it takes to cover a matrix, in x and in y. */
export const tiles = (rows, columns, side) => [Math.ceil(columns / side), Math.ceil(rows / side)];

/** A size, or the next multiple of step above it. */
export const up = (size, step) => Math.ceil(size / step) * step;

/**
 * Numbers on a device: in a buffer, from byte `start` on, `length` of them, of a type such as Float32Array.
 * @typedef {{ buffer: any, start: number, length: number, type: any }} Numbers
 */

/** How many bytes numbers take, up to the next whole word; at least one. */
const bytesOf = ({ length, type }) => Math.max(WORD, up(length * type.BYTES_PER_ELEMENT, WORD));

/** What a kernel declares in group 0: of each the binding, the type of its buffer, and the line. */
export function declared(text) {
  const pattern = /@group\(0\)\s*@binding\((\d+)u?\)\s*var\s*<\s*(uniform|storage)\s*(?:,\s*(read_write|read)\s*)?>/g;
  const blank = (comment) => comment.replace(/[^\n]/g, " ");
  const code = text.replace(/\/\/.*|\/\*[^]*?\*\//g, blank);
  return [...code.matchAll(pattern)].map(({ 1: binding, 2: space, 3: access, index }) => {
    const type = space === "uniform" ? "uniform" : access === "read_write" ? "storage" : "read-only-storage";
    return { binding: Number(binding), type, line: code.slice(0, index).split("\n").length };
  });
}

/** A kernel that the compiler or the device refuses; `messages` are the compiler's, with their lines. */
export class Refused extends Error {
  own = false; // whether the words are this page's, not the compiler's or the device's

  constructor(message, messages) {
    super(message);
    this.messages = messages;
  }
}

export class Device {
  #kernels = new Map(); // text -> the promise of the pipeline and what the compiler said
  #usage;
  #gone = false; // lost
  fault = null; // what went wrong without anyone being told: the next who reads is

  constructor(gpu, name) {
    this.gpu = gpu;
    this.name = name;
    this.#usage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    /** The promise of the sentence that says how the device was lost. */
    this.lost = gpu.lost.then(({ reason, message }) => {
      const why = reason === "destroyed" ? "it was given back" : message || "its driver or the browser ended it";
      this.#gone = true;
      this.fault = `The graphics card was lost: ${why}`;
      return this.fault;
    });
    gpu.addEventListener("uncapturederror", ({ error }) => (this.fault ??= error.message));
  }

  // ---- arrays -------------------------------------------------------------------------------------------------------

  /** Room for `length` numbers, zeros. */
  empty(length, type = Float32Array) {
    const numbers = { buffer: null, start: 0, length, type };
    return { ...numbers, buffer: this.gpu.createBuffer({ size: bytesOf(numbers), usage: this.#usage }) };
  }

  /** A copy of a typed array on the device. */
  array(numbers) {
    const array = this.empty(numbers.length, numbers.constructor);
    this.write(array, numbers);
    return array;
  }

  /** Put numbers, in the array's own type, into it from its beginning; done before what is run after this. */
  write({ buffer, start }, numbers) {
    let bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    if (bytes.length % WORD) {
      const words = new Uint8Array(up(bytes.length, WORD));
      words.set(bytes);
      bytes = words;
    }
    this.gpu.queue.writeBuffer(buffer, start, bytes);
  }

  /** The numbers, when all that was run before this is done. An Error that says what went wrong, if something has. */
  async read(array) {
    const size = bytesOf(array);
    const copy = this.gpu.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = this.gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(array.buffer, array.start, copy, 0, size);
    this.gpu.queue.submit([encoder.finish()]);
    try {
      await copy.mapAsync(GPUMapMode.READ);
      const { fault } = this;
      if (!this.#gone) this.fault = null; // told once: what is run after this may be in order
      if (fault) throw new Error(fault);
      return new array.type(copy.getMappedRange().slice(0), 0, array.length);
    } catch (error) {
      throw await this.why(error);
    } finally {
      copy.destroy();
    }
  }

  // ---- kernels ------------------------------------------------------------------------------------------------------

  /** A kernel that is ready to run, and what the compiler said of it; compiled once. Refused if it cannot run. */
  compile(text) {
    if (!this.#kernels.has(text)) this.#kernels.set(text, this.#compile(text));
    return this.#kernels.get(text);
  }

  async #compile(text) {
    this.gpu.pushErrorScope("validation");
    const module = this.gpu.createShaderModule({ code: text });
    const refused = await this.gpu.popErrorScope();
    const { messages } = await module.getCompilationInfo();
    const errors = messages.filter(({ type }) => type === "error");
    if (errors.length || refused) throw new Refused(errors[0]?.message ?? refused.message, messages);
    try {
      const layout = await this.checked(() => this.#layout(text));
      const compute = { module, entryPoint: "main" };
      return { pipeline: await this.gpu.createComputePipelineAsync({ layout, compute }), messages };
    } catch (error) {
      throw new Refused(error.message, messages);
    }
  }

  /** What a kernel declares, whether it uses it or not: an edited one may leave some of it unused, and is given all. */
  #layout(text) {
    const entries = declared(text).map(({ binding, type }) => {
      return { binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } };
    });
    return this.gpu.createPipelineLayout({ bindGroupLayouts: [this.gpu.createBindGroupLayout({ entries })] });
  }

  /**
   * The call of a kernel, recorded once, to be run again and again.
   * @param {string} text The kernel's.
   * @param {Uint8Array | Numbers} numbers What it has at binding 0: `packed`, or on the device where that changes.
   * @param {Numbers[]} arrays What it has at bindings 1, 2, …: the order of its file.
   * @param {number[]} groups The groups of threads in x and in y.
   */
  async call(text, numbers, arrays, groups) {
    const { pipeline } = await this.compile(text);
    const all = [numbers instanceof Uint8Array ? this.array(numbers) : numbers, ...arrays];
    const entries = all.map((array, binding) => {
      return { binding, resource: { buffer: array.buffer, offset: array.start, size: bytesOf(array) } };
    });
    const layout = pipeline.getBindGroupLayout(0);
    const bound = await this.checked(() => this.gpu.createBindGroup({ layout, entries }));
    return { pipeline, bound, groups, arrays: all };
  }

  /** Run calls, each when the one before is done. This returns before they are, and what is run after it waits. */
  run(calls) {
    const encoder = this.gpu.createCommandEncoder();
    const compute = encoder.beginComputePass();
    for (const { pipeline, bound, groups } of calls) {
      compute.setPipeline(pipeline);
      compute.setBindGroup(0, bound);
      compute.dispatchWorkgroups(...groups);
    }
    compute.end();
    this.gpu.queue.submit([encoder.finish()]);
  }

  /** Copy numbers onto others, pairs [source, target]; as `run`, in its turn. */
  copy(pairs) {
    const encoder = this.gpu.createCommandEncoder();
    for (const [from, to] of pairs) encoder.copyBufferToBuffer(from.buffer, from.start, to.buffer, to.start, bytesOf(to));
    this.gpu.queue.submit([encoder.finish()]);
  }

  /** What `action` returns, when the device has found nothing wrong with it; else an Error in the device's words. */
  async checked(action) {
    this.gpu.pushErrorScope("validation");
    const made = action();
    const error = await this.gpu.popErrorScope();
    if (error) throw new Error(error.message);
    return made;
  }

  /** An error, or where the card was lost one that says so: that is told a moment after what fails because of it. */
  async why(error) {
    const moment = new Promise((done) => setTimeout(done, this.fault || error instanceof Refused ? 0 : MOMENT));
    const words = await Promise.race([this.lost, moment]);
    return words ? new Error(words, { cause: error }) : error;
  }

  /** Give the card back; what is on it is gone. The next who asks gets another. */
  close() {
    found = null;
    this.gpu.destroy();
  }
}
