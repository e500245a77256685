// The editor of a cell or of a kernel: CodeMirror, with the colours of the page's own code. Fetched when first needed.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, WidgetType } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

// The parts of a language under the class names that the page's style sheet colours.
const colours = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null, tags.self], class: "k" },
  { tag: [tags.definitionKeyword, tags.moduleKeyword, tags.controlKeyword], class: "k" },
  { tag: [tags.string, tags.special(tags.string)], class: "s2" },
  { tag: tags.number, class: "mi" },
  { tag: tags.comment, class: "c1" },
  { tag: [tags.operator, tags.arithmeticOperator, tags.compareOperator, tags.updateOperator], class: "o" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "nf" },
  { tag: tags.definition(tags.className), class: "nc" },
  { tag: tags.meta, class: "nd" },
]);

// The language of kernels, WGSL, word by word.
const wgsl = StreamLanguage.define({
  name: "wgsl",
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^@\w+/)) return "meta";
    if (stream.match(/^(const|enable|fn|let|override|struct|var|alias)\b/)) return "keyword";
    if (stream.match(/^(break|case|continue|continuing|default|else|for|if|loop|return|switch|while|true|false)\b/)) {
      return "keyword";
    }
    if (stream.match(/^(0x[\da-f]+|\d*\.?\d+(e[+-]?\d+)?)[iufh]?\b/i) || stream.match(/^\d+\./)) return "number";
    if (stream.match(/^[A-Za-z_]\w*/)) return null;
    if (stream.match(/^[-+*/%&|^<>=!~]+/)) return "operator";
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: "//" }, closeBrackets: { brackets: ["(", "[", "{"] } },
});

const LANGUAGES = { python, wgsl: () => wgsl };

// ---- what a compiler says, below its line ---------------------------------------------------------------------------

class Message extends WidgetType {
  constructor(kind, text) {
    super();
    this.kind = kind;
    this.text = text;
  }

  eq(other) {
    return other.kind === this.kind && other.text === this.text;
  }

  toDOM() {
    const className = `editor-message editor-${this.kind}`;
    return Object.assign(document.createElement("div"), { className, textContent: `${this.kind}: ${this.text}` });
  }
}

/** @type {import("@codemirror/state").StateEffectType<import("@codemirror/view").DecorationSet>} */
const setMessages = StateEffect.define();
const messages = StateField.define({
  create: () => Decoration.none,
  update(decorations, { changes, effects }) {
    const set = effects.find((effect) => effect.is(setMessages));
    return set ? set.value : decorations.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Open an editor in `parent`. Tab indents, as programmers expect; Escape leaves, so that nobody is held.
export function openEditor(parent, { text, name, onChange, onRun, onLeave, language = "python" }) {
  const always = (action) => () => {
    action();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: "Shift-Enter", run: always(onRun) },
            { key: "Escape", run: always(onLeave) },
          ]),
        ),
        keymap.of([...closeBracketsKeymap, indentWithTab, ...historyKeymap, ...defaultKeymap]),
        history(),
        LANGUAGES[language](),
        messages,
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        syntaxHighlighting(colours),
        EditorView.contentAttributes.of({ "aria-label": name, tabindex: "0" }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(view.state.doc.toString())),
      ],
    }),
  });
  return {
    setText(insert) {
      const { doc } = view.state;
      if (insert !== doc.toString()) view.dispatch({ changes: { from: 0, to: doc.length, insert } });
    },
    // Show messages below their lines: {line, kind, text}, in the order of the lines; and no others.
    mark(list) {
      const { doc } = view.state;
      const each = list.map(({ line, kind, text: said }) => {
        const at = doc.line(Math.min(Math.max(line, 1), doc.lines)).to;
        return Decoration.widget({ widget: new Message(kind, said), block: true, side: 1 }).range(at);
      });
      view.dispatch({ effects: setMessages.of(Decoration.set(each, true)) });
    },
    goTo(line) {
      const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    focus(place) {
      view.focus();
      const position = place && view.posAtCoords(place);
      if (position != null) view.dispatch({ selection: { anchor: position } });
    },
    close() {
      view.destroy();
    },
  };
}
