// The surface that one draws on, by finger, pen, mouse or keys. It knows strokes, and nothing of networks.

import { clamp, html } from "../figures/base.js";

const INK = 0.07;  // the width of a stroke on the screen, as a share of the surface
const STEP = 0.04;  // what an arrow key moves the pen
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],  // and, as on a number pad,
  Home: [-1, -1], PageUp: [1, -1], End: [-1, 1], PageDown: [1, 1] };
const WORDS = "Drawing surface. Arrow keys move the pen; Home, End, Page Up and Page Down move it aslant. " +
  "Space lowers and lifts it. Backspace takes back a stroke.";

export class Pad {
  /** changed() is called after each change of the strokes, and said(words) with what the keys have done. */
  constructor({ changed, said }) {
    this.changed = changed;
    this.said = said;
    this.strokes = [];  // each a list of points [x, y] from 0 to 1
    this.given = false;  // whether they were put here: then they give way to the reader's first stroke
    this.at = [0.5, 0.2];  // where the keys' pen stands
    this.keys = this.down = false;  // whether the keys are in use, and their pen lowered
    this.pointer = null;  // the finger, pen or mouse that draws
    this.frame = 0;  // the frame that has been asked for
    this.canvas = html("canvas", { class: "pad", tabindex: 0, role: "application", "aria-label": WORDS });
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  get drawing() {
    return this.pointer !== null || this.down;
  }

  /** Show these strokes in place of the present ones. */
  put(strokes, given = true) {
    this.down = false;
    this.pointer = null;
    this.strokes = strokes;
    this.given = given;
    this.update();
  }

  undo() {
    this.put(this.strokes.slice(0, -1), false);
  }

  begin(point) {
    if (this.given) this.strokes = [];
    this.given = false;
    this.strokes = [...this.strokes, [point]];
    this.update();
  }

  extend(points) {
    this.strokes = this.strokes.with(-1, [...this.strokes.at(-1), ...points]);
  }

  /** Once a frame: a pointer moves several times between two of them, and to read a digit takes a while. */
  updateSoon() {
    this.frame ||= requestAnimationFrame(() => this.update());
  }

  update() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.draw();
    this.changed();
  }

  // ---- pointers ----

  listen() {
    const { canvas } = this;
    const place = ({ clientX, clientY }) => {
      const box = canvas.getBoundingClientRect();
      return [(clientX - box.left) / box.width, (clientY - box.top) / box.height].map((u) => clamp(u, 0, 1));
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || this.pointer !== null) return;  // one stroke at a time: a second finger draws nothing
      canvas.setPointerCapture(event.pointerId);
      this.pointer = event.pointerId;
      this.keys = this.down = false;
      this.begin(place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pointer) return;
      const passed = event.getCoalescedEvents?.() ?? [];  // all points since the last event, where the browser has them
      this.extend((passed.length ? passed : [event]).map(place));
      this.updateSoon();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => {
      if (event.pointerId === this.pointer) this.pointer = null;
      this.update();
    });
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });  // does not scroll
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("focus", () => {
      this.keys = canvas.matches(":focus-visible");
      this.draw();
    });
    canvas.addEventListener("blur", () => {
      this.keys = this.down = false;
      this.draw();
    });
  }

  // ---- keys ----

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    if (way) this.move(way, event.shiftKey ? STEP / 4 : STEP);
    else if (event.key === " ") this.toggle();
    else if (event.key === "Backspace") this.undo();
    else return;
    event.preventDefault();
    this.keys = true;
    this.draw();
  }

  move(way, step) {
    this.at = this.at.map((u, i) => clamp(u + step * way[i], 0.04, 0.96));
    if (!this.down) return;
    this.extend([this.at]);
    this.update();
  }

  toggle() {
    this.down = !this.down;
    if (this.down) this.begin(this.at);
    else this.changed();
    this.said(`pen ${this.down ? "down" : "up"}`);
  }

  // ---- the picture: black on white in either theme, as all digits of the book ----

  draw() {
    const { canvas, strokes } = this, side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (!side) return;
    canvas.width = canvas.height = side;
    const pen = canvas.getContext("2d");
    pen.scale(side, side);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, 1, 1);
    Object.assign(pen, { lineWidth: INK, lineCap: "round", lineJoin: "round", strokeStyle: "#000000" });
    for (const stroke of strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      for (const point of stroke) pen.lineTo(...point);
      pen.stroke();
    }
    if (this.keys) this.ring(pen);
  }

  /** The keys' pen: a ring, filled while the pen is down. */
  ring(pen) {
    pen.beginPath();
    pen.arc(...this.at, 0.04, 0, 2 * Math.PI);
    pen.fillStyle = this.down ? "#0b57d0" : "#ffffff";
    pen.fill();
    Object.assign(pen, { lineWidth: 0.012, strokeStyle: "#0b57d0" });
    pen.stroke();
  }
}
