// A reader's progress on every page: beside a chapter in the contents how many of its exercises have passed, beside an
// exercise whether it has; on a page of its own all of them. An exercise has passed when the reader's own answer was
// run on its page (../run), under the check as published, and its last verdict was that it passed.

import { KEY, Progress, chapterAt, passes } from "./store.js";

const published = JSON.parse(document.getElementById("progress-exercises").textContent);
const progress = new Progress(() => localStorage, published);

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const here = chapterAt(location.href, published);

// ---- The contents ---------------------------------------------------------------------------------------------------

const counts = [...document.querySelectorAll("nav.bd-docs-nav a")].flatMap((/** @type {HTMLAnchorElement} */ link) => {
  const chapter = chapterAt(link.href, published);
  if (!chapter) return [];
  const words = make("span", { className: "progress-count", hidden: true });
  link.append("\u2002", words);
  return [{ chapter, words }];
});

/** Who has solved nothing is told nothing. */
function showCounts() {
  const { any } = progress;
  for (const { chapter, words } of counts) {
    const [passed, all] = progress.count(chapter);
    words.hidden = !any;
    words.replaceChildren(`${passed} of ${all}`, make("span", { className: "visually-hidden" }, " exercises passed"));
  }
}

// ---- The exercises of this page -------------------------------------------------------------------------------------

const WORDS = { passed: "passed", earlier: "passed an earlier check", none: "" };
const headings = Object.entries(published[here] ?? {}).flatMap(([name, [label]]) => {
  const heading = document.querySelector(`#${label} > .admonition-title`);
  const words = make("span", { className: "progress-mark", role: "status" });
  heading?.append("\u2002", words);
  return heading ? [{ name, words, remark: "" }] : [];
});

function showHeadings() {
  for (const { name, words, remark } of headings) {
    const state = progress.state(here, name);
    const text = remark || WORDS[state];
    words.classList.toggle("progress-done", state === "passed");
    if (words.textContent !== text) words.textContent = text; // which a screen reader speaks
  }
}

document.addEventListener("cell-ran", (event) => {
  const { kind, before: check, output } = /** @type {CustomEvent} */ (event).detail;
  if (kind !== "exercise" || check?.kind !== "check") return;
  const [, name] = check.published.match(/^def check_(\w+)\(/m) ?? [];
  const heading = headings.find((its) => its.name === name);
  if (!heading) return;
  heading.remark = "";
  if (passes(output.printed, name)) {
    if (check.made.text === check.published) {
      if (!progress.pass(here, name)) heading.remark = "passed; this browser does not keep it";
    } else if (progress.state(here, name) !== "passed") heading.remark = "passed an edited check: not counted";
  }
  show();
});

// ---- All of it ------------------------------------------------------------------------------------------------------

let showTable = () => {};

function show() {
  showCounts();
  showHeadings();
  showTable();
}

const table = document.querySelector(".progress-table");
if (table) {
  const { mountTable } = await import("./table.js");
  showTable = mountTable(table, progress, show);
}
show();
addEventListener("storage", ({ key }) => (key === KEY || key === null) && show()); // another tab has written
addEventListener("pageshow", ({ persisted }) => persisted && show()); // the reader comes back to this page
