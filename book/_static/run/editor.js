// The editor of a cell: CodeMirror, with the colours of the page's own code. Fetched when a cell is first edited.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

// The parts of Python under the class names that the page's style sheet colours.
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

// Open an editor in `parent`. Tab indents, as programmers expect; Escape leaves, so that nobody is held.
export function openEditor(parent, { text, name, onChange, onRun, onLeave }) {
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
        python(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        syntaxHighlighting(colours),
        EditorView.contentAttributes.of({ "aria-label": name }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(view.state.doc.toString())),
      ],
    }),
  });
  return {
    setText(insert) {
      const { doc } = view.state;
      if (insert !== doc.toString()) view.dispatch({ changes: { from: 0, to: doc.length, insert } });
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
