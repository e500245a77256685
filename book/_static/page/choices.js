// The list in a box of class predict can be chosen from. The choice is kept in this browser, and the answer, which
// opens with the output of the next cell (folds.py puts it there), names it.

/** What is kept of one prediction: the words of a choice, under the page and the question. */
export class Kept {
  constructor(storage, page, question, choices) {
    this.storage = storage; // a function: without a storage it raises
    this.choices = choices;
    this.key = `predict ${page} ${question}`;
  }

  /** The place of the choice in the list, −1 where there is none, or where it is no longer offered. */
  recall() {
    try {
      return this.choices.indexOf(this.storage().getItem(this.key));
    } catch {
      return -1;
    }
  }

  keep(place) {
    try {
      this.storage().setItem(this.key, this.choices[place]);
    } catch {
      // no storage, or none left: the choice lasts as long as the page
    }
  }
}

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const words = (element) => element.textContent.replace(/\s+/g, " ").trim();

/** Make the list of a box one to choose from; `number` tells the boxes of a page apart. */
export function chooseIn(box, number) {
  const list = box.querySelector(":scope > ul");
  const fold = box.nextElementSibling?.querySelector("details.reveals");
  if (!list || !fold) return;
  const items = [...list.children];
  const question = [...box.querySelectorAll(":scope > p:not(.admonition-title)")].map(words).join(" ");
  const kept = new Kept(() => localStorage, location.pathname, question, items.map(words));
  const title = box.querySelector(".admonition-title");
  title.id ||= `predict-${number}`;
  list.setAttribute("role", "radiogroup");
  list.setAttribute("aria-labelledby", title.id);
  list.classList.add("choices");

  const said = make("p", { className: "chosen", hidden: true });
  fold.querySelector(".reveal > .admonition-title").after(said);
  const texts = items.map((item, place) => {
    const alone = item.children.length === 1 && item.firstElementChild.localName === "p" ? item.firstElementChild : item;
    const text = make("span", {}, ...alone.childNodes);
    const input = make("input", { type: "radio", name: `predict-${number}` });
    input.addEventListener("change", () => {
      kept.keep(place);
      show();
    });
    item.role = "none";
    item.replaceChildren(make("label", {}, input, text));
    return text;
  });
  list.after(make("p", { className: "hint", textContent: "Choose one. What came out opens below the code." }));

  const inputs = [...list.querySelectorAll("input")];
  const chosen = kept.recall();
  if (chosen >= 0) inputs[chosen].checked = true;

  // The choice as it stands in the list, typeset: so only once the answer is open.
  function show() {
    const place = inputs.findIndex((input) => input.checked);
    said.hidden = place < 0;
    if (place >= 0 && fold.open) said.replaceChildren("You chose: ", ...texts[place].cloneNode(true).childNodes);
  }
  fold.addEventListener("toggle", show);
  show();
}
