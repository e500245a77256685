// The page's side of the interpreter: it starts the worker when it is first needed, and ends it.

const SILENCE = 15; // seconds without a word from a worker that waits for a file, after which a reader is told

export class Python {
  #worker = null;
  #runs = new Map(); // number -> what to do at the end of this run, and where its outputs go
  #last = 0;
  #silence; // the timer of a worker that waits
  loaded = false; // Python is there; what arrives now is what cells ask for

  // `script` is the worker's address, `config` what it needs to start. `onLoading(name, bytes)` hears what arrives,
  // `onSilence(name, seconds)` that it does not, and `onRunning()` when nothing more has to.
  constructor(script, config, { onLoading, onSilence, onRunning }) {
    this.script = script;
    this.config = config;
    this.onLoading = onLoading;
    this.onSilence = onSilence;
    this.onRunning = onRunning;
  }

  // Run a cell's source on what the cell `before` left; `output` has `show(kind, value)` and `clear()`.
  // The promise's value is {end, left, kept, lost}: it ended as "ran", "raised", "stopped" or "lost", and left what has
  // the digest `left`; what was run on this cell before still stands if `kept`. If what the cells above left could not
  // be brought back, nothing has run, and `lost` says why. The promise is rejected if Python itself failed.
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
    clearTimeout(this.#silence);
    for (const { resolve } of this.#runs.values()) resolve({ end: "stopped" });
    this.#runs.clear();
  }

  #start() {
    this.loaded = false;
    const worker = new Worker(this.script);
    // What an ended worker has left on its way is not heard.
    worker.onmessage = ({ data }) => worker === this.#worker && this.#receive(data);
    worker.onerror = (event) => this.#fail(event.message || "worker.js: the worker could not be started");
    worker.postMessage({ start: this.config });
    this.onLoading("worker.js", 0);
    this.#waits("worker.js", SILENCE);
    return worker;
  }

  // Tell the reader when nothing comes. It may still come: to end it is the reader's to say.
  #waits(name, seconds) {
    this.#silence = setTimeout(() => {
      this.onSilence(name, seconds);
      this.#waits(name, seconds + SILENCE);
    }, 1000 * SILENCE);
  }

  #receive(message) {
    const [run] = this.#runs.values(); // one at a time, in order
    clearTimeout(this.#silence);
    if (message.ready) this.loaded = true;
    if (message.loading) this.onLoading(message.loading, message.bytes);
    if (message.silent) this.onSilence(message.silent, message.seconds);
    if (message.waits) this.#waits(message.waits, SILENCE);
    if (message.running) this.onRunning();
    if (message.clear) run?.output.clear();
    if (message.show) run?.output.show(message.show, message.value);
    if (message.broken) this.#fail(message.broken);
    if (message.done) {
      this.#runs.delete(message.done);
      const { ok, left, kept, lost } = message;
      run.resolve({ end: lost ? "lost" : ok ? "ran" : "raised", left, kept, lost });
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
