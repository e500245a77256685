// The page of a reader's progress: what has passed, in the table of all exercises, and the file to take it elsewhere.

import { Bar, make } from "../run/bar.js";
import { Refused, chapterAt } from "./store.js";

const FILE = "neural-networks-progress.json";
const WORDS = { passed: "passed", earlier: "passed an earlier check: run your answer again", none: "not yet" };
const NO_STORAGE =
  "This browser keeps nothing for this site, as in some private windows: a mark is gone when its page is closed.";
const DAMAGED =
  "What this browser has kept of your progress is damaged and cannot be read. If you have saved a file, read it; the next exercise that passes begins anew.";

const marks = (count) => `${count} ${count === 1 ? "mark" : "marks"}`;

/** Give the table a column for the reader's marks, and buttons above it; return what shows them anew. */
export function mountTable(box, progress, changed) {
  const rows = [...box.querySelectorAll("tbody tr")].map((row) => {
    const cell = make("td");
    row.append(cell);
    row.querySelector("th").scope = "row";
    const { hash, href } = row.querySelector("a");
    const chapter = chapterAt(href, progress.published);
    const its = Object.entries(progress.published[chapter]).find(([, [label]]) => `#${label}` === hash);
    return { row, cell, chapter, name: its?.[0] };
  });
  box.querySelector("thead tr").append(make("th", { scope: "col", className: "head", textContent: "Your answer" }));

  const summary = make("p", { className: "progress-summary" });
  const trouble = make("p", { className: "progress-trouble" });
  const bar = new Bar("run-bar progress-buttons", "Your progress");
  const input = make("input", { type: "file", accept: ".json,application/json", hidden: true });
  bar.add("save", "Save as a file", null, save);
  bar.add("read", "Read a file", null, () => input.click());
  bar.add("forget", "Forget all", null, forget);
  input.addEventListener("change", read);
  box.before(trouble, summary, bar.element, input);

  function save() {
    if (!progress.any) return bar.say("There is nothing to save: no exercise has a mark.");
    const address = URL.createObjectURL(new Blob([progress.file()], { type: "application/json" }));
    make("a", { href: address, download: FILE }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    bar.say(`Saved as ${FILE}.`);
  }

  async function read() {
    const [file] = input.files;
    input.value = ""; // the same file can be chosen again
    if (!file) return;
    bar.say("");
    try {
      const { added, known, foreign, kept } = progress.merge(await file.slice(0, 1_000_000).text());
      changed();
      const words = [`Read ${file.name}: ${marks(added)} new, ${known} here already.`];
      if (foreign) words.push(`${marks(foreign)} of exercises that this book does not have.`);
      if (!kept) words.push("This browser does not keep them.");
      bar.say(words.join(" "));
    } catch (error) {
      const why = error instanceof Refused ? error.message : "the browser cannot read it";
      bar.say(`${file.name} was not read: ${why}. Nothing has changed.`);
    }
  }

  function forget() {
    if (!progress.any && !progress.damaged) return bar.say("There is nothing to forget: no exercise has a mark.");
    bar.ask("Forget all marks that this browser keeps? A file that you saved stays.", [
      ["Keep them", () => bar.say("Nothing has changed.")],
      ["Forget them", () => {
        const gone = progress.forget();
        changed();
        bar.say(gone ? "All marks are forgotten." : "The browser does not let go of them: clear its data for this site.");
      }],
    ]);
  }

  return () => {
    const [passed, all] = progress.total;
    summary.textContent = `You have passed ${passed} of ${all} exercises that have a check.`;
    trouble.textContent = progress.damaged ? DAMAGED : progress.keeps() ? "" : NO_STORAGE;
    for (const { row, cell, chapter, name } of rows) {
      const state = name ? progress.state(chapter, name) : "none";
      cell.textContent = name ? WORDS[state] : progress.count(chapter).join(" of ");
      row.classList.toggle("progress-done", state === "passed");
    }
  };
}
