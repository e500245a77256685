// Brings the page that trains to life when the reader comes near. It fetches no digit before a button is pressed.
// Without scripts, on paper, and where something fails, the still picture stays.

import { whenNear } from "../figures/mount.js";
import { Training } from "./page.js";

whenNear(document.querySelectorAll("figure.train-here"), async (figure) => {
  const root = document.createElement("div");
  root.className = "live digit train";
  root.role = "group";
  root.ariaLabel = "Train a network";
  figure.prepend(root);
  new Training(root);
  figure.classList.add("mounted");
});
