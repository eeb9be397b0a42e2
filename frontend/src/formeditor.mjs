// The form editor: it works on the text of the page's form and hands that text back when the form is sent.
// Without a script, or when the text cannot be drawn, the form's own text field stays in use.
import {FormEditor} from "@bpmn-io/form-js-editor";
import {formFields} from "@bpmn-io/form-js-viewer";
import {say} from "./formwords.mjs";

// The palette is searched by these names.
function Names(known) {
  for (const {config: {type}} of formFields) {
    const config = known.get(type)?.config;
    for (const name of ["name", "label"]) if (config?.[name]) config[name] = say(config[name]);
  }
}
Names.$inject = ["formFields"];

async function start(host) {
  const form = host.closest("form");
  const source = form.querySelector("[data-form-source]");
  const problem = form.querySelector("[data-form-problem]");
  const editor = new FormEditor({container: host, additionalModules: [{__init__: ["names"], names: ["type", Names]}]});
  try {
    await editor.importSchema(JSON.parse(source.value));
  } catch (error) {
    host.hidden = true;
    problem.hidden = false;
    problem.querySelector("[data-form-reason]").textContent = error.message;
    return;
  }
  source.closest("details").open = false;
  let changed = false;
  let typed = false;
  editor.on("changed", () => (changed = true));
  // Who opened the text field and typed there wants the text, not the drawing.
  source.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", () => {
    // A field that is still being written is taken when it loses the keyboard.
    document.activeElement?.blur();
    if (changed && !typed) source.value = JSON.stringify(editor.saveSchema(), null, 2);
    form.dataset.sent = "yes";
  });
  window.addEventListener("beforeunload", (event) => {
    if ((changed || typed) && !form.dataset.sent) event.preventDefault();
  });
  host.hidden = false;
  host.dataset.drawn = "yes";
}

for (const host of document.querySelectorAll("[data-form-editor]")) start(host);
