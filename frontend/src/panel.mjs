// The side panel of the process editor. Its fields are the page's own; here each finds what it shows and where a change goes.
import {is, isAny} from "bpmn-js/lib/util/ModelUtil";

const TIMERS = ["timeDuration", "timeDate", "timeCycle"];
const definition = (object, type) => (object.eventDefinitions ?? []).find((one) => is(one, type));

// `name = expression`, one a line.
const linesOf = (pairs) => (pairs ?? []).map((one) => `${one.name ?? ""} = ${one.value ?? ""}`).join("\n");

function pairsOf(text, made) {
  return text.split("\n").filter((line) => line.trim()).map((line) => {
    const at = line.indexOf("=");
    return made({name: (at < 0 ? line : line.slice(0, at)).trim(), value: at < 0 ? "" : line.slice(at + 1).trim()});
  });
}

function desk(editor) {
  const [modeling, factory] = [editor.get("modeling"), editor.get("bpmnFactory")];
  const child = (object, type) => object.extensionElements?.values?.find((one) => is(one, type));
  const expression = (body) => (body ? factory.create("bpmn:FormalExpression", {body}) : undefined);

  // The extension element of a type, made with the things it stands in when it is not there yet.
  function childMade(element, object, type) {
    const held = child(object, type);
    if (held) return held;
    const made = factory.create(type, {});
    const place = factory.create("bpmn:ExtensionElements", {values: [...(object.extensionElements?.values ?? []), made]});
    made.$parent = place;
    place.$parent = object;
    modeling.updateModdleProperties(element, object, {extensionElements: place});
    return made;
  }

  const ways = {
    attribute: {
      get: (object, name) => object.get(name),
      set: (element, object, name, value) => modeling.updateProperties(element, {[name]: value === "" ? undefined : value}),
    },
    condition: {
      get: (object) => object.conditionExpression?.body,
      set: (element, object, name, value) => modeling.updateProperties(element, {conditionExpression: expression(value)}),
    },
    script: {
      get: (object) => object.script,
      set: (element, object, name, value) => modeling.updateProperties(element, {scriptFormat: "feel", script: value}),
    },
    timer: {
      get: (object, name) => definition(object, "bpmn:TimerEventDefinition")?.[name]?.body,
      set: (element, object, name, value) => {
        const timer = definition(object, "bpmn:TimerEventDefinition");
        const others = Object.fromEntries(TIMERS.map((one) => [one, undefined]));
        modeling.updateModdleProperties(element, timer, {...others, [name]: expression(value)});
      },
    },
    many: {
      get: (object, name) => (name === "completionCondition" ? object.loopCharacteristics?.[name]?.body : object.loopCharacteristics?.get(name)),
      set: (element, object, name, value) => modeling.updateModdleProperties(element, object.loopCharacteristics, {
        [name]: name === "completionCondition" ? expression(value) : value || undefined}),
    },
    child: {
      get: (object, name, type) => (name === "inputs" ? linesOf(child(object, type)?.inputs) : child(object, type)?.[name]),
      set: (element, object, name, value, type) => {
        const held = childMade(element, object, type);
        const made = (pair) => Object.assign(factory.create("yw:Input", pair), {$parent: held});
        modeling.updateModdleProperties(element, held, {[name]: name === "inputs" ? pairsOf(value, made) : value || undefined});
      },
    },
  };
  return ways;
}

function fits(field, object) {
  const {types, without, needs} = field.dataset;
  if (!isAny(object, types.split(" "))) return false;
  if (without && isAny(object, without.split(" "))) return false;
  if (needs === "timer") return Boolean(definition(object, "bpmn:TimerEventDefinition"));
  if (needs === "many") return is(object.loopCharacteristics ?? {}, "bpmn:MultiInstanceLoopCharacteristics");
  if (needs === "condition") return (object.sourceRef?.outgoing ?? []).length > 1;
  return true;
}

export function panel(editor, host) {
  const ways = desk(editor);
  const fields = [...host.querySelectorAll("[data-types]")];
  const title = host.querySelector("[data-bpmn-title]");
  const nothing = host.querySelector("[data-bpmn-nothing]");
  let chosen = null;

  const inputOf = (field) => field.querySelector("input, select, textarea");
  function show() {
    const object = chosen?.businessObject;
    nothing.hidden = Boolean(object);
    title.textContent = object ? object.name || object.id : "";
    for (const field of fields) {
      field.hidden = !object || !fits(field, object);
      if (field.hidden) continue;
      const input = inputOf(field);
      if (input === document.activeElement) continue;
      const value = ways[field.dataset.way].get(object, field.dataset.property, field.dataset.child);
      if (input.type === "checkbox") input.checked = Boolean(value);
      else input.value = value ?? "";
    }
  }

  for (const field of fields) {
    inputOf(field).addEventListener("change", ({target}) => {
      if (!chosen) return;
      const value = target.type === "checkbox" ? target.checked || undefined : target.value.trim();
      ways[field.dataset.way].set(chosen, chosen.businessObject, field.dataset.property, value, field.dataset.child);
    });
    // Enter in a field ends the field instead of sending the form of the page.
    inputOf(field).addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.tagName === "TEXTAREA") return;
      event.preventDefault();
      event.target.blur();
    });
  }
  const choose = (element) => {
    document.activeElement?.closest("[data-bpmn-panel]") && document.activeElement.blur();
    chosen = element && element.type !== "label" ? element : element?.labelTarget ?? null;
    show();
  };
  editor.on("selection.changed", ({newSelection}) => choose(newSelection.length === 1 ? newSelection[0] : editor.get("canvas").getRootElement()));
  editor.on("element.changed", ({element}) => element === chosen && show());
  choose(editor.get("canvas").getRootElement());
  host.hidden = false;
}
