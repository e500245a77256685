// Makes the cells of a page run; where that cannot be, says why in one sentence. Not a module: those need a server.
(() => {
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;

  function say(sentence) {
    const note = Object.assign(document.createElement("p"), { className: "run-note", textContent: sentence });
    document.querySelector("div.cell").before(note);
  }

  if (location.protocol === "file:") {
    say("The code on this page runs in the browser once the book comes from a server: type make serve in its folder.");
  } else if (!window.Worker || !window.WebAssembly) {
    say("The code on this page runs in browsers that have web workers and WebAssembly. This one lacks them.");
  } else {
    import(new URL("run.js", here).href).catch((error) => say(`The code on this page cannot be run: ${error.message}.`));
  }
})();
