// What a run shows, where the stored output stands: it takes the place of the stored one, which can be brought back.

import { make } from "./bar.js";

export class Output {
  #pictures = 0;
  #text = ""; // of the last piece, while it goes on

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

  clear() {
    this.fresh.replaceChildren();
    this.#pictures = 0;
    this.#text = "";
  }

  // `edited`: the picture is no longer the one that the alternative describes.
  show(kind, value, edited) {
    if (kind === "text" || kind === "error") this.#showText(kind, value);
    else if (kind === "svg") this.#showPicture(value, edited);
    else if (kind === "html") this.#showHtml(value);
  }

  #showText(kind, value) {
    const className = `output ${kind === "error" ? "traceback" : "stream"}`;
    let box = this.fresh.lastElementChild;
    if (box?.className !== className) {
      box = make("div", { className });
      box.append(make("pre"));
      this.fresh.append(box);
      this.#text = "";
    }
    // A carriage return begins its line anew: a progress bar.
    this.#text = (this.#text + value).replace(/^[^\n]*\r(?!\n)/gm, "");
    box.firstChild.textContent = this.#text;
    box.hidden = !this.#text;
  }

  #showHtml(value) {
    const box = make("div", { className: "output text_html" });
    box.innerHTML = value;
    this.fresh.append(box);
  }

  #showPicture(svg, edited) {
    const picture = make("img");
    const stored = this.alternatives[this.#pictures] ?? "";
    picture.alt = edited ? `Drawn by the edited cell. Before it was edited: ${stored}` : stored;
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    const caption = this.figures[this.#pictures++]?.querySelector("figcaption");
    if (caption) {
      const figure = make("figure", { className: "align-default" });
      figure.append(picture, caption.cloneNode(true));
      this.fresh.append(figure);
    } else {
      this.fresh.append(picture);
    }
  }
}
