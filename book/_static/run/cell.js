// One code cell: its source, its buttons, its outputs, and whether what it shows still holds.

import { Bar, make } from "./bar.js";
import { Output } from "./output.js";

export class Cell {
  before = null; // the cell that this one builds on
  after = []; // those that build on this one
  fresh = false; // it has run, and nothing that it builds on has changed since
  state = "new"; // waiting, running, ran, raised, outdated
  hasRun = false; // so there is another output than the stored one
  agreed = false; // the reader knows that it takes long
  #version = 0; // counts what makes a result outdated
  #editor = null;
  #draft = null; // edited code where no editor is open

  constructor(element, number, page) {
    this.element = element;
    this.number = number;
    this.page = page;
    this.kind = ["exercise", "check", "solution"].find((kind) => element.classList.contains(`tag_${kind}`)) ?? "text";
    this.slow = JSON.parse(element.querySelector("script.run-slow")?.textContent ?? "null");
    this.input = element.querySelector(".cell_input");
    this.code = this.input.querySelector("pre");
    this.published = this.code.textContent.replace(/\n$/, "");
    this.text = this.published;
    this.#addBar();
    this.output = new Output(element, this.bar.element);
    this.code.addEventListener("pointerup", (event) => this.#clicked(event));
    this.element.addEventListener("keydown", (event) => this.#typed(event));
    this.#recall();
  }

  #addBar() {
    const { number, page } = this;
    this.bar = new Bar("run-bar", `Cell ${number}`);
    this.bar.add("run", "Run", `Run cell ${number}`, () => page.press(this));
    this.bar.add("stop", "Stop", `Stop cell ${number}`, () => page.stop());
    this.bar.add("edit", "Edit", `Edit cell ${number}`, () => this.edit());
    this.bar.add("reset", "Reset", `Reset cell ${number}`, () => this.reset());
    this.storedButton = this.bar.add("swap", "", null, () => this.showStored(!this.showsStored));
    this.input.after(this.bar.element);
    for (const key of ["stop", "reset", "swap"]) this.bar.toggle(key, false);
  }

  get edited() {
    return this.text !== this.published;
  }

  // The cells that this one builds on, from the top.
  get above() {
    return this.before ? [...this.before.above, this.before] : [];
  }

  // ---- running ------------------------------------------------------------------------------------------------------

  // Run on what the cells above left; they have run. Return how it ended: ran, raised or stopped.
  async run(python) {
    this.outdate();
    const [version, started] = [this.#version, performance.now()];
    this.become("running", "Running");
    this.hasRun = true;
    this.output.clear();
    this.element.setAttribute("aria-busy", "true");
    const job = { cell: this.number, source: this.text, before: this.before?.number };
    let end;
    try {
      end = await python.run(job, {
        show: (kind, value) => this.#show(kind, value),
        clear: () => this.output.clear(),
      });
    } finally {
      this.element.removeAttribute("aria-busy");
    }
    const seconds = (performance.now() - started) / 1000;
    if (end === "stopped") {
      this.become("new", "Stopped. Python starts again at the next run.");
    } else {
      this.showStored(false);
      const what = end === "ran" ? "ran in" : "raised an error after";
      this.become(end, `Cell ${this.number} ${what} ${duration(seconds)}`);
      this.fresh = end === "ran" && version === this.#version;
      if (end === "ran" && !this.fresh) this.become("outdated", "Changed while it ran.");
    }
    return end;
  }

  become(state, status) {
    this.state = this.element.dataset.run = state;
    this.bar.say(status);
    const busy = state === "running" || state === "waiting";
    this.bar.toggle("stop", busy);
  }

  // What this cell shows, and what those show that build on it, holds no longer.
  outdate(status = "A cell above was changed or run again after this one.") {
    this.#version++;
    this.fresh = false;
    if (this.state === "ran") this.become("outdated", status);
    for (const cell of this.after) cell.outdate();
  }

  #show(kind, value) {
    this.showStored(false);
    this.output.show(kind, value, this.edited);
  }

  showStored(stored) {
    this.showsStored = stored;
    this.element.classList.toggle("run-shows-fresh", !stored);
    this.bar.toggle("swap", this.hasRun && Boolean(this.output.stored));
    const what = stored ? "new" : "stored";
    this.storedButton.textContent = `Show the ${what} output`;
    this.storedButton.ariaLabel = `Show the ${what} output of cell ${this.number}`;
  }

  // Open the answer that a reader has asked for by running the cell.
  open() {
    const details = this.output.fresh.closest("details");
    if (details) details.open = true;
  }

  // ---- editing ------------------------------------------------------------------------------------------------------

  // Change the source; whatever shows it follows.
  change(text) {
    if (text === this.text) return;
    this.text = text;
    this.#editor?.setText(text);
    if (!this.#editor) this.#showDraft();
    this.element.classList.toggle("run-edited", this.edited);
    this.bar.toggle("reset", this.edited);
    this.outdate("Changed since it ran.");
    this.#keep();
  }

  // Open the editor, at a place of the window where one is given.
  async edit(place) {
    if (!this.#editor) {
      try {
        const { openEditor } = await import("./editor.js");
        if (this.#editor) return; // pressed twice
        this.#editor = openEditor(this.code.parentElement, {
          text: this.text,
          name: `Code of cell ${this.number}. Shift+Enter runs it, Escape leaves it.`,
          onChange: (text) => this.change(text),
          onRun: () => this.page.press(this),
          onLeave: () => this.bar.focus(),
        });
        this.#draft?.remove();
        this.element.classList.add("run-editing");
      } catch {
        this.bar.say("The editor could not be loaded: this is plain text to edit.");
        this.#showDraft({ editable: true });
      }
    }
    (this.#editor ?? this.#draft).focus(place);
  }

  // The code as published, and the stored output.
  reset() {
    this.change(this.published);
    this.#editor?.close();
    this.#editor = null;
    this.#draft?.remove();
    this.#draft = null;
    this.element.classList.remove("run-editing");
    if (this.state === "waiting" || this.state === "running") return;
    this.output.clear();
    this.agreed = this.hasRun = false;
    this.become("new", "");
    this.showStored(true);
  }

  #showDraft({ editable = false } = {}) {
    if (!this.#draft) {
      this.#draft = make("pre", { className: "run-draft" });
      this.#draft.addEventListener("input", () => this.change(this.#draft.textContent));
      this.code.after(this.#draft);
      this.element.classList.add("run-editing");
    }
    if (this.#draft.textContent !== this.text) this.#draft.textContent = this.text;
    if (!editable) return;
    try {
      this.#draft.contentEditable = "plaintext-only";
    } catch {
      this.#draft.contentEditable = "true"; // browsers of before 2025
    }
  }

  // A click into the code opens the editor there. A finger scrolls past the code: it has the button.
  #clicked(event) {
    const selecting = !getSelection().isCollapsed;
    if (event.pointerType !== "mouse" || event.button !== 0 || selecting) return;
    this.edit({ x: event.clientX, y: event.clientY });
  }

  #typed(event) {
    if (event.target.isContentEditable) event.stopPropagation(); // "/" is a character here, and no search
    if (event.defaultPrevented || event.key !== "Enter" || !event.shiftKey || event.target.closest("button")) return;
    event.preventDefault();
    this.page.press(this);
  }

  // An edit is kept in this browser until it is reset, or the published cell changes.
  get #key() {
    return `run ${location.pathname} ${this.published}`;
  }

  #keep() {
    try {
      if (this.edited) localStorage.setItem(this.#key, this.text);
      else localStorage.removeItem(this.#key);
    } catch {
      // no storage, or none left: the edit lasts as long as the page
    }
  }

  #recall() {
    try {
      this.change(localStorage.getItem(this.#key) ?? this.published);
    } catch {
      // as above
    }
  }
}

function duration(seconds) {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
