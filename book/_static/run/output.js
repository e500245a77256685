// What a run shows, where the stored output stands: it takes the place of the stored one, which can be brought back.

import { make } from "./bar.js";
import { leastWidth } from "./picture_width.js";

const OVERWRITTEN = /^[^\n]*\r(?!\r|$)/gm; // a carriage return begins its line anew: a progress bar

export class Output {
  #pictures = 0;
  #line = null; // the last line of the last text, while it goes on

  // `cell` is the cell's element; without a stored output the fresh one follows `bar`.
  constructor(cell, bar) {
    this.stored = cell.querySelector(".cell_output");
    this.figures = [...cell.querySelectorAll(".cell_output figure")];
    this.alternatives = [...cell.querySelectorAll(".cell_output img")].map((picture) => picture.alt);
    this.fresh = make("div", { className: "cell_output run-fresh" });
    this.stored?.classList.add("run-stored");
    (this.stored ?? bar).after(this.fresh);
    this.noted = make("p", { className: "run-differs", role: "status" });
    (this.stored ?? this.fresh).before(this.noted);
  }

  // Say above the output what it is not; nothing where there is none.
  note(text) {
    if (this.noted.textContent !== text) this.noted.textContent = text;
  }

  // The text that the last run has printed, as far as it is shown.
  get printed() {
    return [...this.fresh.querySelectorAll(".stream pre")].map((box) => box.textContent).join("");
  }

  clear() {
    this.fresh.replaceChildren();
    this.#pictures = 0;
    this.#line = null;
  }

  // `edited`: the picture is no longer the one that the alternative describes.
  show(kind, value, edited) {
    if (kind === "text" || kind === "error") this.#showText(kind, value);
    else if (kind === "cut") this.#showCut(value);
    else if (kind === "html") this.#showHtml(value);
    else if (kind === "svg") this.#showPicture(`svg+xml;charset=utf-8,${encodeURIComponent(value)}`, edited, leastWidth(value));
    else if (kind === "png") this.#showPicture(`png;base64,${value}`, edited);
  }

  // What is there stays as it is, and only the last line is written anew: each piece costs no more than itself.
  #showText(kind, value) {
    const className = `output ${kind === "error" ? "traceback" : "stream"}`;
    let box = this.fresh.lastElementChild;
    if (box?.className !== className) {
      box = make("div", { className, hidden: true });
      this.#line = document.createTextNode("");
      box.append(make("pre"));
      box.firstChild.append(this.#line);
      this.fresh.append(box);
    }
    const text = (this.#line.data + value).replace(OVERWRITTEN, "");
    const end = text.lastIndexOf("\n") + 1;
    if (end) this.#line.before(text.slice(0, end));
    this.#line.data = text.slice(end);
    if (text) box.hidden = false;
  }

  // How much is not shown; it grows while the cell runs.
  #showCut(value) {
    let note = this.fresh.lastElementChild;
    if (note?.className !== "run-cut") this.fresh.append((note = make("p", { className: "run-cut" })));
    note.textContent = value;
  }

  #showHtml(value) {
    const box = make("div", { className: "output text_html" });
    box.innerHTML = value;
    this.fresh.append(box);
  }

  #showPicture(data, edited, least = null) {
    const picture = make("img");
    const box = make("div", { className: "scrolls pst-scrollable-table-container" });
    if (least) box.style.setProperty("--least", `${least}px`);
    box.append(picture);
    const stored = this.alternatives[this.#pictures] ?? "";
    picture.alt = edited ? `Drawn by the edited cell. Before it was edited: ${stored}` : stored;
    picture.src = `data:image/${data}`;
    const caption = this.figures[this.#pictures++]?.querySelector("figcaption");
    if (caption) {
      const figure = make("figure", { className: "align-default" });
      figure.append(box, caption.cloneNode(true));
      this.fresh.append(figure);
    } else {
      this.fresh.append(box);
    }
  }
}
