// Brings the figures of a page to life: <figure class="interactive"> that shows still/NAME.svg gets the module NAME.js.
// Without scripts, in print, and until the reader comes near, the still picture is what one sees.

/** The part of anywidget's model that a figure uses, for a page without a kernel. */
export class Model {
  constructor(values = {}) {
    this.values = values;
    this.listeners = new Map();
  }
  get(key) {
    return this.values[key];
  }
  set(key, value) {
    this.values[key] = value;
    for (const listener of [...(this.listeners.get(`change:${key}`) ?? [])]) listener();
  }
  save_changes() {}
  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }
  off(event, listener) {
    this.listeners.set(event, (this.listeners.get(event) ?? []).filter((other) => other !== listener));
  }
}

async function mount(figure) {
  const still = figure.querySelector("img");
  const name = still.src.match(/([^/]+)\.svg/)[1];
  const { default: module } = await import(`./${name}.js`);
  const el = document.createElement("div");
  figure.model = new Model();
  still.after(el);
  module.render({ model: figure.model, el });
  figure.classList.add("mounted");
}

/** Call bring(figure), once, for each of the figures that comes near the window. */
export function whenNear(figures, bring) {
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      bring(target).catch((error) => console.error(`figure ${target.id}: the still picture stays.`, error));
    }
  }, { rootMargin: "600px" });
  for (const figure of figures) near.observe(figure);
}

whenNear(document.querySelectorAll("figure.interactive"), mount);
