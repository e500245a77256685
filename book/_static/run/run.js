// Run, beside each code cell of a page: what runs, in which order, when a button is pressed.
//
//   start.js    makes it start, or says why it cannot          cell.js      one cell
//   python.js   the interpreter, as the page sees it           output.js    what a run shows
//   worker.js   the interpreter itself, in a worker            editor.js    CodeMirror, when a cell is edited
//   cells.py    what the worker does with a cell               bar.js       a row of buttons
//   outputs.py  how much of what it shows a page can take      connect.js   what each cell builds on
//   site_files.js  the data, fetched when Python opens it
//
// Before a cell runs, everything that it builds on and that has not run, or has changed since, is run in order.
// Nothing is fetched before the first press.

import { Bar, make } from "./bar.js";
import { Cell } from "./cell.js";
import { connect } from "./connect.js";
import { Python } from "./python.js";

class Page {
  #wanted = []; // the cells that a reader asked for, in order
  #work = null; // the promise that they have all been run, while there are some
  #arrived = 0; // bytes
  why = ""; // Python was started anew, where it was

  constructor(config) {
    this.config = config;
    this.python = new Python(config.script, config.worker, {
      onLoading: (name, bytes) => this.#loading(name, bytes),
      onSilence: (name, seconds) => this.#silent(name, seconds),
      onRunning: () => this.speaker?.say(this.doing),
    });
    this.cells = [...document.querySelectorAll("div.cell")]
      .filter((element) => element.querySelector(".cell_input pre"))
      .map((element, i) => new Cell(element, i + 1, this));
    connect(this.cells);
    this.#addBar();
  }

  #addBar() {
    this.bar = new Bar("run-page", "All cells of this page");
    this.bar.add("run", "Run all", "Run all cells", () => this.runAll());
    this.bar.add("stop", "Stop", "Stop", () => this.stop());
    this.bar.add("reset", "Reset all", "Reset all cells", () => this.reset());
    this.bar.toggle("stop", false);
    this.bar.element.prepend(
      make("p", {
        textContent:
          "Every cell of this page can be run and changed here: press Run, or Shift+Enter in its code. " +
          `The first run loads Python from this site, ${megabytes(this.config.bytes)} MB. ` +
          "Your changes stay in this browser until you press Reset. " +
          "Open in JupyterLite, above, has the chapter as a notebook; what you save there stays in this browser too.",
      }),
    );
    this.cells[0].element.before(this.bar.element);
  }

  // ---- what a reader asks for ---------------------------------------------------------------------------------------

  press(cell) {
    const unrun = cell.above.filter((other) => !other.fresh);
    this.#warn([...unrun, cell], cell.bar, () => {
      cell.open();
      this.#want([cell]);
    });
  }

  // All cells from the top, with a fresh start; without the solutions, which nobody has asked for.
  runAll() {
    const cells = this.cells.filter((cell) => cell.kind !== "solution");
    this.#warn(cells, this.bar, () => {
      for (const cell of this.cells) cell.alive = false;
      this.speaker = this.bar;
      this.#want(cells);
    });
  }

  stop() {
    this.python.stop();
    this.#forget();
    this.#giveUp("Stopped. Python starts again at the next run.");
  }

  async reset() {
    this.stop();
    await this.#work;
    for (const cell of this.cells) cell.reset();
    this.bar.say("");
  }

  // Say it before cells run that take long, and offer the smaller setting where there is one.
  #warn(cells, bar, go) {
    const slow = cells.filter((cell) => cell.slow && !cell.edited && !cell.agreed);
    if (!slow.length) return go();
    const smaller = slow.filter((cell) => cell.slow.smaller);
    const total = (time) => slow.reduce((sum, cell) => sum + time(cell.slow), 0);
    const full = total(({ seconds }) => seconds);
    const short = total((time) => time.smaller?.seconds ?? time.seconds);
    const one = slow.length === 1 && slow[0];
    let what = `${slow.length} of the cells to run take`;
    if (one) what = bar === one.bar ? "This takes" : "A cell above takes";
    const choices = [];
    if (smaller.length) {
      const name = one ? one.slow.smaller.name : "smaller settings";
      const action = () => smaller.forEach((cell) => cell.change(cell.slow.smaller.source));
      choices.push([`Run with ${name}, about ${Math.round(short)} s`, action]);
    }
    choices.push([`Run as it is, about ${Math.round(full)} s`, () => {}]);
    const answered = (action) => () => {
      action();
      for (const cell of slow) cell.agreed = true;
      go();
    };
    bar.ask(
      `${what} about ${Math.round(full)} s in a browser.`,
      choices.map(([text, action]) => [text, answered(action)]),
    );
  }

  // ---- running ------------------------------------------------------------------------------------------------------

  #want(cells) {
    for (const cell of cells) {
      if (this.#wanted.includes(cell)) continue;
      this.#wanted.push(cell);
      cell.become("waiting", "Waiting");
    }
    this.#work ??= this.#runWanted();
  }

  async #runWanted() {
    this.bar.toggle("stop", true);
    while (this.#wanted.length) {
      const target = this.#wanted[0];
      const needed = target.above.filter((cell) => !cell.fresh);
      const cell = needed[0] ?? target;
      this.speaker ??= target.bar;
      this.doing = this.#describe(needed.length);
      this.speaker.say(this.doing);
      const end = await this.#execute(cell);
      if (end === "lost") this.#startAnew(cell.lost);
      if (this.speaker !== this.bar) this.speaker = null;
      if (end !== "lost" && cell === target && this.#wanted[0] === target) {
        this.#wanted.shift();
        if (this.why && end === "ran") target.bar.say(`${target.bar.status.textContent}. ${this.why}`);
        this.why = "";
      }
      if (end === "raised") this.#giveUp(`Not run: cell ${cell.number}, above, raised an error.`);
    }
    if (this.speaker) this.bar.say("");
    this.speaker = null;
    this.bar.toggle("stop", false);
    this.#work = null;
  }

  #describe(needed) {
    if (this.speaker === this.bar) return `Running: ${this.#wanted.length} cells to go`;
    return this.why + (needed ? `Running what it needs from above: ${needed} to go` : "Running");
  }

  async #execute(cell) {
    try {
      return await cell.run(this.python);
    } catch (error) {
      this.#forget();
      cell.become("new", error.message);
      cell.judge();
      this.#giveUp("Not run.");
      return "broken";
    }
  }

  // What a cell builds on could not be brought back: the cells above it run once more, in a new Python.
  #startAnew(lost) {
    this.python.stop();
    this.#forget();
    this.why = `Python was started anew: ${lost}. `;
  }

  #giveUp(status) {
    for (const cell of this.#wanted.splice(0)) if (cell.state === "waiting") cell.become("new", status);
  }

  // The interpreter is gone, and with it what the cells left.
  #forget() {
    for (const cell of this.cells) cell.alive = false;
    this.#arrived = 0;
  }

  #loading(name, bytes) {
    this.#arrived += bytes;
    const [arrived, all] = [this.#arrived, this.config.bytes].map(megabytes);
    const [what] = name.split("-0"); // data, or a package, that a cell asks for
    this.speaker?.say(`Loading ${this.python.loaded ? what : `Python: ${arrived} of ${all} MB (${what})`}`);
  }

  #silent(name, seconds) {
    const what = `Nothing of ${name.split("-0")[0]} has arrived for ${seconds} s.`;
    this.speaker?.say(`${what} It may still come; or press Stop, and Run to try again.`);
  }
}

function megabytes(bytes) {
  const size = bytes / 1e6;
  if (!bytes) return 0;
  return size < 10 ? size.toFixed(1) : Math.round(size);
}

const config = JSON.parse(document.getElementById("run-config").textContent);
const absolute = (address) => new URL(address, document.baseURI).href;
config.script = absolute(config.script);
config.worker.pyodide = absolute(config.worker.pyodide);
config.worker.python = config.worker.python.map(absolute);
config.worker.files.mount = absolute(config.worker.files.mount);
config.worker.files.site = absolute(config.worker.files.site);

new Page(config);
