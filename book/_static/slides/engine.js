// reveal.js, of which the site has one file: book/_ext/bundles.py.

export { default as Reveal } from "reveal.js";
