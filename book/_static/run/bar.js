// A row of buttons with a line of status beside them, which screen readers speak.

export class Bar {
  #buttons = {};

  constructor(className, label) {
    this.element = make("div", { className, role: "group", ariaLabel: label });
    this.status = make("span", { className: "run-status", role: "status" });
    this.question = make("span", { className: "run-question", hidden: true });
    this.element.append(this.status, this.question);
  }

  // Add a button; a name such as "Run cell 3" tells it from those of other bars.
  add(key, text, name, action) {
    const className = `run-button run-${key}`;
    const button = make("button", { type: "button", className, textContent: text, ariaLabel: name });
    button.addEventListener("click", action);
    this.#buttons[key] = button;
    this.status.before(button);
    return button;
  }

  // Show or hide a button. Where the hidden one had the focus, the first one gets it.
  toggle(key, shown) {
    const button = this.#buttons[key];
    const focused = button === document.activeElement;
    button.hidden = !shown;
    if (focused && !shown) this.focus();
  }

  focus() {
    Object.values(this.#buttons).find((button) => !button.hidden)?.focus();
  }

  say(text) {
    this.status.textContent = text;
  }

  // Ask before something long; `choices` are pairs of a button's text and what it does. Escape answers nothing.
  ask(text, choices) {
    const close = () => {
      this.question.hidden = true;
      this.say("");
      this.focus();
    };
    const buttons = choices.map(([label, action]) => {
      const button = make("button", { type: "button", className: "run-button", textContent: label });
      button.addEventListener("click", () => {
        close();
        action();
      });
      return button;
    });
    this.question.onkeydown = ({ key }) => {
      if (key === "Escape") close(); // without a value: false would take Tab and Enter from the buttons
    };
    this.question.replaceChildren(...buttons);
    this.question.hidden = false;
    this.say(text);
    buttons[0].focus();
  }
}

export function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}
