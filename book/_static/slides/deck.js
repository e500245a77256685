// A deck of slides: fits each to its box, and hands it to reveal.js. On a narrow screen, and without scripts, the page
// stays as it is and is read from top to bottom.

import { NARROW, stackDisplays } from "../page/displays.js";
import { Reveal } from "./engine.js";

const WIDTH = 1280, HEIGHT = 720; // of a slide; reveal.js magnifies all of it
const LEAST = 65; // percent of the usual size: what is still too long then scrolls
const CODE = 130; // few lines of code are larger
const FIGURE = 704; // pixels: as wide as the text of a chapter, for which live figures are drawn
const LARGEST = 1.5; // how far one is magnified

// ---- What fits ------------------------------------------------------------------------------------------------------

const fits = (body) => body.scrollHeight <= body.clientHeight + 1 && body.scrollWidth <= body.clientWidth + 1;

/** Make what is on a slide smaller until it fits. */
function fit(body) {
  for (let percent = body.matches(".code > *, .output > *") ? CODE : 100; percent >= LEAST; percent -= 5) {
    body.style.setProperty("--fit", percent / 100);
    if (fits(body)) return;
  }
  body.classList.add("scrolls");
  body.tabIndex = 0;
}

/** Draw the live figures anew: Chromium leaves the words of an SVG where they were when it is magnified otherwise. */
const redraw = (within) => within.querySelectorAll(".live").forEach(({ figure }) => figure.change({}));

/** Magnify a live figure to fill its frame, now and whenever it becomes larger or smaller. */
function magnify(frame) {
  const [figure] = frame.children;
  const change = () => {
    if (!frame.clientWidth) return; // another slide is shown
    const factor = Math.min(frame.clientWidth / FIGURE, frame.clientHeight / (figure.offsetHeight + 4), LARGEST);
    frame.style.setProperty("--magnified", factor.toFixed(3));
    redraw(frame);
  };
  change();
  new ResizeObserver(change).observe(figure);
}

/** The steps of a derivation, lines with a reason beside them, come one after the other. */
function step(table) {
  const rows = [...table.querySelectorAll("mjx-mtr")].filter((row) => row.closest("mjx-mtable") === table);
  const reasoned = rows.filter(({ children }) => children.length === 4 && children[3].querySelector("mjx-c"));
  if (reasoned.length > 1) for (const row of rows.slice(1)) row.classList.add("fragment");
}

// ---- The way back ---------------------------------------------------------------------------------------------------

const place = (address) => new URL(address, location.href).pathname;

/** To the chapter, to what is on the slide; to where the reader came from, if it is the slide that the deck opened at. */
function leave(deck, opened) {
  const slide = deck.getCurrentSlide(), { back } = slide.dataset;
  const same = document.referrer && place(document.referrer) === place(back);
  if (slide === opened && same && history.length > 1) history.back();
  else location.href = back;
}

/** What lies over the slide goes first. */
function escape(deck, opened) {
  if (deck.isOverview()) deck.toggleOverview(false);
  else if (deck.isOverlayOpen()) deck.toggleHelp(false);
  else leave(deck, opened);
}

// ---- The deck -------------------------------------------------------------------------------------------------------

/** What has the focus takes its own keys: a live figure all but Escape, a link or a button those that press it. */
function ours({ key, target }) {
  if (key === "Escape") return true;
  return !target.closest?.(".live") && !(["Enter", " "].includes(key) && target.closest?.("a, button"));
}

async function start() {
  const { MathJax } = /** @type {any} */ (window);
  await MathJax?.startup?.promise;
  await document.fonts.ready;
  const printed = location.search.includes("print-pdf");
  document.querySelectorAll(".slide > details").forEach((fold) => fold.replaceWith(fold.lastElementChild));
  document.querySelectorAll(".equation mjx-mtable").forEach(step);
  document.querySelectorAll(".frame").forEach(magnify);
  document.querySelectorAll(".slide:not(.play) > .body, .play .caption").forEach(fit);

  const root = /** @type {HTMLElement} */ (document.querySelector("main > div"));
  root.classList.add("reveal"); // not before: it hides all slides but one, and what is hidden has no size
  const deck = new Reveal(root, {
    width: WIDTH, height: HEIGHT, margin: 0, maxScale: 4, center: false, scrollActivationWidth: 0,
    hash: true, fragmentInURL: false, navigationMode: "linear", slideNumber: "c/t", controlsTutorial: false,
    transition: "none", backgroundTransition: "none", pdfSeparateFragments: false,
    keyboardCondition: ours,
    keyboard: { 27: () => escape(deck, opened) },
  });
  deck.on("resize", () => redraw(document));
  await deck.initialize();
  const opened = deck.getCurrentSlide();
  deck.registerKeyboardShortcut("ESC, O", "O: all slides. Esc: back to the text");
  document.documentElement.classList.add("ready");
  if (printed) deck.on("pdf-ready", () => print());
}

stackDisplays(); // before MathJax begins: this module stands before it
if (document.documentElement.classList.contains("deck")) addEventListener("load", start); // with its pictures
matchMedia(NARROW).addEventListener("change", () => location.reload()); // the other of the two forms
