// The page's side of the interpreter: it starts the worker when it is first needed, and ends it.

export class Python {
  #worker = null;
  #runs = new Map(); // number -> what to do at the end of this run, and where its outputs go
  #last = 0;
  loaded = false; // Python is there; what arrives now is what cells ask for

  // `config` is what the worker needs to start; `onLoading(name, bytes)` hears what arrives, `onRunning()` when
  // nothing more has to.
  constructor(config, { onLoading, onRunning }) {
    this.config = config;
    this.onLoading = onLoading;
    this.onRunning = onRunning;
  }

  // Run a cell's source on what the cell `before` left; `output` has `show(kind, value)` and `clear()`.
  // The promise's value is "ran", "raised" or "stopped"; it is rejected if Python itself failed.
  run({ cell, source, before }, output) {
    this.#worker ??= this.#start();
    const number = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#runs.set(number, { resolve, reject, output });
      this.#worker.postMessage({ run: number, cell, source, before });
    });
  }

  // End the interpreter, whatever it does. What the cells left is gone; the next run starts another.
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { resolve } of this.#runs.values()) resolve("stopped");
    this.#runs.clear();
  }

  #start() {
    this.loaded = false;
    const worker = new Worker(new URL("worker.js", import.meta.url));
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => this.#fail(event.message || "the worker could not be started");
    worker.postMessage({ start: this.config });
    return worker;
  }

  #receive(message) {
    const [run] = this.#runs.values(); // one at a time, in order
    if (message.ready) this.loaded = true;
    if (message.loading) this.onLoading(message.loading, message.bytes);
    if (message.running) this.onRunning();
    if (message.clear) run?.output.clear();
    if (message.show) run?.output.show(message.show, message.value);
    if (message.broken) this.#fail(message.broken);
    if (message.done) {
      this.#runs.delete(message.done);
      run.resolve(message.ok ? "ran" : "raised");
    }
  }

  #fail(reason) {
    const what = this.loaded ? "Python broke off and starts again at the next run" : "Python could not be loaded";
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    this.stop();
    for (const { reject } of runs) reject(new Error(`${what}: ${reason}`));
  }
}
