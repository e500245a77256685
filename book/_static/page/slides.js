// A chapter's slides: the button in the head of its page and Alt+P open them at what is being read.

/** What has a slide of its own: sections, numbered equations and figures that are not folded away. */
const PLACES = "article :is(section, div.math, figure)[id]";

/** The last of the places that begin above the middle of the window. */
function read() {
  const places = [...document.querySelectorAll(PLACES)]
    .filter((place) => !place.closest("details, .exercise") && !place.querySelector(":scope > details.further"));
  return places.filter((place) => place.getBoundingClientRect().top < innerHeight / 2).at(-1) ?? places[0];
}

/** Scroll to where this page was left for its slides. */
async function comeBack() {
  const { left: [id, top] = [] } = history.state ?? {};
  const place = id && document.getElementById(id);
  if (!place) return;
  await new Promise((done) => addEventListener("load", done)); // MathJax comes after this module
  await /** @type {any} */ (window).MathJax?.startup?.promise;
  scrollBy({ top: place.getBoundingClientRect().top - top, behavior: "instant" });
  history.replaceState({ ...history.state, left: undefined }, "");
}

export function offerSlides() {
  const link = /** @type {HTMLAnchorElement} */ (document.querySelector("a.slides-button"));
  if (!link) return;
  link.removeAttribute("target"); // Escape, and the browser's way back, lead here again
  const [, number] = link.pathname.match(/\/(\d\d)_\w+\.html$/);
  const aim = () => {
    const place = read();
    link.hash = `/${number}-${place.id}`;
    // This entry of the history says where it was left; the browser would return before the formulas have their height.
    history.replaceState({ ...history.state, left: [place.id, place.getBoundingClientRect().top] }, "");
    history.scrollRestoration = "manual";
  };
  comeBack();
  addEventListener("pagehide", () => {
    if (!history.state?.left) history.scrollRestoration = "auto";
  });
  link.addEventListener("click", aim);
  document.addEventListener("keydown", (event) => {
    const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (!altKey || ctrlKey || metaKey || shiftKey || (key.toLowerCase() !== "p" && code !== "KeyP")) return;
    event.preventDefault();
    aim();
    location.href = link.href;
  });
}
