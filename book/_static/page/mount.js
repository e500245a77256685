// What a chapter's page does beside running its cells: a prediction can be chosen, a link opens the folds round what it
// leads to, on a narrow page a reason stands below its line, and a key opens the slides. Without scripts the text, the
// lists and the folds are there as they are: <details> opens by itself.

import { chooseIn } from "./choices.js";
import { follow } from "./folds.js";
import { stackDisplays } from "./displays.js";
import { offerSlides } from "./slides.js";

stackDisplays(); // before MathJax begins: this module stands before it
document.querySelectorAll(".admonition.predict").forEach(chooseIn);
follow();
offerSlides();
