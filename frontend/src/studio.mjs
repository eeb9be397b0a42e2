// The table editor of the studio: it works on the text of the page's form and hands that text back when the form is sent.
// Without a script, or when the text cannot be drawn as a table, the form's own text field stays in use.
import Modeler from "dmn-js/lib/Modeler";
import {editorWords} from "./editorwords.mjs";
import {articlesIn, articlesOut} from "./legalbasis.mjs";

// The editor knows one edition of the namespace; what a table holds is the same in the later ones.
const KNOWN = "https://www.omg.org/spec/DMN/20191111/MODEL/";
const LATER = /https:\/\/www\.omg\.org\/spec\/DMN\/(?:20211108|20230324)\/MODEL\//;
const DRAWN = ["decisionTable", "literalExpression"];

function modeler(host) {
  const words = {additionalModules: [{translate: ["value", editorWords(document.getElementById("editor-words"))]}]};
  return new Modeler({
    container: host,
    keyboard: {bindTo: host},
    drd: words, decisionTable: words, literalExpression: words, boxedExpression: words,
  });
}

// A decision that rests on others has a table for each: one button a table.
function switches(editor, views, first) {
  const row = document.querySelector("[data-dmn-views]");
  if (!row || views.length < 2) return;
  const show = async (button, view) => {
    for (const one of row.children) one.setAttribute("aria-pressed", String(one === button));
    await editor.open(view);
  };
  for (const view of views) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-sm";
    button.textContent = view.element.name ?? view.id;
    button.setAttribute("aria-pressed", String(view === first));
    // The editor makes its views anew with every import, never in between: the element finds the view of today.
    button.addEventListener("click", () => show(button, editor.getViews().find((one) => one.element === view.element)));
    row.append(button);
  }
  row.hidden = false;
}

async function start(host) {
  const form = host.closest("form");
  const source = form.querySelector("[data-dmn-source]");
  const problem = form.querySelector("[data-dmn-problem]");
  const edition = source.value.match(LATER)?.[0] ?? KNOWN;
  const editor = modeler(host);
  const {xml: shown, ids} = articlesOut(source.value.replaceAll(edition, KNOWN));
  try {
    await editor.importXML(shown);
    const views = editor.getViews().filter((view) => DRAWN.includes(view.type));
    const first = views.find((view) => view.element.name === host.dataset.dmnEditor) ?? views.at(-1);
    await editor.open(first);
    switches(editor, views, first);
  } catch (error) {
    host.hidden = true;
    problem.hidden = false;
    problem.querySelector("[data-dmn-reason]").textContent = error.message;
    return;
  }
  source.closest("details").open = false;
  let changed = false;
  const watch = () => editor.getActiveViewer()?.on("commandStack.changed", () => (changed = true));
  editor.on("views.changed", watch);
  watch();
  // Who opened the text field and typed there wants the text, not the table.
  let typed = false;
  source.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", async (event) => {
    // A cell that is still being written is taken when it loses the keyboard.
    document.activeElement?.blur();
    if (!changed || typed || form.dataset.ready) {
      form.dataset.sent = "yes";
      return;
    }
    event.preventDefault();
    const {submitter} = event;
    const {xml} = await editor.saveXML({format: true});
    source.value = articlesIn(xml, ids, host.dataset.dmnBasis).replaceAll(KNOWN, edition);
    form.dataset.ready = "yes";
    // A form cannot be sent again before it has finished with this event.
    setTimeout(() => form.requestSubmit(submitter));
  });
  window.addEventListener("beforeunload", (event) => {
    if ((changed || typed) && !form.dataset.ready && !form.dataset.sent) event.preventDefault();
  });
  host.dataset.drawn = "yes";
}

for (const host of document.querySelectorAll("[data-dmn-editor]")) start(host);
