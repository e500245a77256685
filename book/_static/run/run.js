// Run, beside each code cell of a page: what runs, in which order, when a button is pressed.
//
//   start.js    makes it start, or says why it cannot          cell.js      one cell
//   python.js   the interpreter, as the page sees it           output.js    what a run shows
//   worker.js   the interpreter itself, in a worker            editor.js    CodeMirror, when a cell is edited
//   cells.py    what the worker does with a cell               bar.js       a row of buttons
//   connect.js  what each cell builds on
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

  constructor(config) {
    this.config = config;
    this.python = new Python(config.worker, {
      onLoading: (name, bytes) => this.#loading(name, bytes),
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
      this.cells[0].outdate();
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
      if (this.speaker !== this.bar) this.speaker = null;
      if (cell === target && this.#wanted[0] === target) this.#wanted.shift();
      if (end === "raised") this.#giveUp(`Not run: cell ${cell.number}, above, raised an error.`);
    }
    if (this.speaker) this.bar.say("");
    this.speaker = null;
    this.bar.toggle("stop", false);
    this.#work = null;
  }

  #describe(needed) {
    if (this.speaker === this.bar) return `Running: ${this.#wanted.length} cells to go`;
    return needed ? `Running what it needs from above: ${needed} to go` : "Running";
  }

  async #execute(cell) {
    try {
      return await cell.run(this.python);
    } catch (error) {
      this.#forget();
      cell.become("new", error.message);
      this.#giveUp("Not run.");
      return "broken";
    }
  }

  #giveUp(status) {
    for (const cell of this.#wanted.splice(0)) if (cell.state === "waiting") cell.become("new", status);
  }

  // The interpreter is gone, and with it what the cells left.
  #forget() {
    for (const cell of this.cells) cell.fresh = false;
    this.#arrived = 0;
  }

  #loading(name, bytes) {
    this.#arrived += bytes;
    const [arrived, all] = [this.#arrived, this.config.bytes].map(megabytes);
    const [what] = name.replace(/\.bin$/, "").split("-0"); // data, or a package, that a cell asks for
    this.speaker?.say(`Loading ${this.python.loaded ? what : `Python: ${arrived} of ${all} MB (${what})`}`);
  }
}

function megabytes(bytes) {
  const size = bytes / 1e6;
  return size < 10 ? size.toFixed(1) : Math.round(size);
}

const config = JSON.parse(document.getElementById("run-config").textContent);
const absolute = (address) => new URL(address, document.baseURI).href;
config.worker.pyodide = absolute(config.worker.pyodide);
config.worker.python = config.worker.python.map(absolute);

new Page(config);
