// The form of the book's JavaScript: `make lint`.

import js from "@eslint/js";
import globals from "globals";

const SITE = "book/_static";
const WORKER = `${SITE}/run/worker.js`;
const TRAINER = `${SITE}/train/worker.js`;  // a module

export default [
  { ignores: ["_build/", "build/", ".*/", "!.ci/", "**/node_modules/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-shadow": ["error", { allow: ["_"] }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
    },
  },
  { files: [`${SITE}/**/*.js`, ".ci/chapter/*.js"], ignores: [WORKER, TRAINER],
    languageOptions: { globals: globals.browser } },
  { files: [TRAINER], languageOptions: { globals: globals.worker } },
  { files: ["tests/**/*.js"], languageOptions: { globals: globals.nodeBuiltin } },
  { files: [`${SITE}/run/start.js`], languageOptions: { sourceType: "script" } },
  {
    files: [WORKER],
    languageOptions: { sourceType: "script", globals: { ...globals.worker, loadPyodide: "readonly" } },
  },
];
