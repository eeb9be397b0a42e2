// The process editor: it works on the text of the page's form and hands that text back when the form is sent.
// Without a script, or when the text cannot be drawn, the form's own text field stays in use.
import Modeler from "bpmn-js/lib/Modeler";
import {block, drawn, fitted, marked, shown} from "./drawing.mjs";
import {editorWords} from "./editorwords.mjs";
import {panel} from "./panel.mjs";
import yw from "./yw.json";

async function start(host) {
  const form = host.closest("form");
  const source = form.querySelector("[data-bpmn-source]");
  const problem = form.querySelector("[data-bpmn-problem]");
  const translate = ["value", editorWords(document.getElementById("editor-words"))];
  const editor = new Modeler({container: host, moddleExtensions: {yw}, additionalModules: [{translate}]});
  try {
    await editor.importXML(await drawn(source.value));
  } catch (error) {
    host.closest("[data-bpmn-desk]").hidden = true;
    problem.hidden = false;
    problem.querySelector("[data-bpmn-reason]").textContent = error.message;
    return;
  }
  // The palette stands over the left of the drawing.
  fitted(editor, 150);
  marked(editor, block(host.dataset.marks));
  shown(editor);
  panel(editor, form.querySelector("[data-bpmn-panel]"));
  source.closest("details").open = false;
  let changed = false;
  let typed = false;
  editor.on("commandStack.changed", () => (changed = true));
  // Who opened the text field and typed there wants the text, not the drawing.
  source.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", async (event) => {
    // A field that is still being written is taken when it loses the keyboard.
    document.activeElement?.blur();
    if (!changed || typed || form.dataset.ready) {
      form.dataset.sent = "yes";
      return;
    }
    event.preventDefault();
    const {submitter} = event;
    const {xml} = await editor.saveXML({format: true});
    source.value = xml;
    form.dataset.ready = "yes";
    // A form cannot be sent again before it has finished with this event.
    setTimeout(() => form.requestSubmit(submitter));
  });
  window.addEventListener("beforeunload", (event) => {
    if ((changed || typed) && !form.dataset.ready && !form.dataset.sent) event.preventDefault();
  });
  host.dataset.drawn = "yes";
}

for (const host of document.querySelectorAll("[data-bpmn-editor]")) start(host);
