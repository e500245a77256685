// Below each cell that prints a kernel: a button that opens it to edit and run. Nothing is fetched before it is pressed.
// Where there is no WebGPU the page says so once, and what it stores stays as it is.

import { Bar, make } from "../run/bar.js";

const kernels = [...document.querySelectorAll("div.cell.tag_kernel")].flatMap((cell) => {
  const [, name] = /\bsource\("(\w+)"\)/.exec(cell.querySelector(".cell_input pre")?.textContent ?? "") ?? [];
  return name ? [{ cell, name }] : [];
});

let why = "";
if (!isSecureContext) why = "gives WebGPU only to pages that come over https, or from this machine";
else if (!navigator.gpu) why = "has no WebGPU, or it is switched off";

if (why && kernels.length) {
  const textContent = `The kernels of this page can be edited and run in a browser with WebGPU. This one ${why}.`;
  kernels[0].cell.append(make("p", { className: "run-note kernel-note", textContent }));
} else {
  for (const { cell, name } of kernels) offer(cell, name);
}

function offer(cell, name) {
  const bar = new Bar("kernel-bar", `The kernel ${name}`);
  let opened = null;
  bar.add("open", "Edit and run it in this browser", `Edit and run it in this browser: the kernel ${name}`, async () => {
    if (opened) return;
    bar.say("Loading the editor");
    opened = import("./kernel.js").then(({ open }) => open(cell, name, bar));
    await opened.catch((error) => {
      opened = null;
      bar.say(`The kernel could not be opened: ${error.message}. What is printed above is the kernel as published.`);
    });
  });
  cell.append(bar.element);
}
