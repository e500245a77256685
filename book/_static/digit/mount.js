// Brings the drawing sheet of a page to life when the reader comes near it, and only then fetches the weights.
// Without scripts, on paper, and where something fails, the still picture stays.

import { whenNear } from "../figures/mount.js";
import { Digit, FILE } from "./digit.js";
import { load } from "./network.js";

whenNear(document.querySelectorAll("figure.draw-a-digit"), async (figure) => {
  const response = await fetch(new URL(FILE, import.meta.url));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const net = load(await response.arrayBuffer());
  const root = document.createElement("div");
  root.className = "live digit";
  root.role = "group";
  root.ariaLabel = "Draw a digit";
  figure.prepend(root);
  new Digit(root, net);
  figure.classList.add("mounted");
});
