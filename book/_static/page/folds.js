// A link into something that is folded away opens it.

/** Open the folds round an element, and the one whose heading it is. Return whether any was closed. */
export function openRound(target) {
  const folds = [target.querySelector(":scope > details.further")];
  for (let element = target; element; element = element.parentElement)
    if (element.localName === "details") folds.push(element);
  const closed = folds.filter((fold) => fold && !fold.open);
  for (const fold of closed) fold.open = true;
  return closed.length > 0;
}

const named = (hash) => hash && document.getElementById(decodeURIComponent(hash.slice(1)));

function arrive() {
  const target = named(location.hash);
  if (target && openRound(target)) target.scrollIntoView();
}

/** Open what the address names, now and later, and what a link on the page leads to, also when it is pressed again. */
export function follow() {
  arrive();
  addEventListener("hashchange", arrive);
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLAnchorElement} */ (/** @type {Element} */ (event.target).closest("a[href]"));
    if (!link || link.href.split("#")[0] !== location.href.split("#")[0]) return;
    const target = named(link.hash);
    if (target) openRound(target);
  });
}
