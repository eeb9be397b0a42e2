// The form editor has no way to be told its words: what it draws passes here, and a word the page knows is put in.
// Only what the editor itself draws comes this way (build.mjs); a form's own questions are drawn by the viewer.
import {Fragment, jsx as draw, jsxs as drawMany} from "preact/jsx-runtime";

const block = document.getElementById("editor-words");
const known = new Map(Object.entries(block ? JSON.parse(block.textContent) : {}));
const SHOWN = ["title", "aria-label", "placeholder", "alt", "label"];

function pattern([text, said]) {
  const [before, after] = text.split("{}");
  return {before, after, said};
}

const patterns = [...known].filter(([text]) => text.includes("{}")).map(pattern);

export function say(text) {
  if (known.has(text)) return known.get(text);
  const fits = (one) => text.length > one.before.length + one.after.length && text.startsWith(one.before) && text.endsWith(one.after);
  const one = patterns.find(fits);
  return one ? one.said.replace("{}", () => say(text.slice(one.before.length, text.length - one.after.length))) : text;
}

function child(value) {
  if (typeof value === "string") return say(value);
  return Array.isArray(value) ? value.map(child) : value;
}

function words(type, props) {
  const said = {...props};
  if ("children" in said) said.children = child(said.children);
  // The editor hands some labels on to a text editor that draws for itself; a component's other props may be keys it looks up by.
  for (const name of typeof type === "string" ? SHOWN : ["label"]) if (typeof said[name] === "string") said[name] = say(said[name]);
  if (said.contentAttributes) said.contentAttributes = words("div", said.contentAttributes);
  return said;
}

export {Fragment};
export const jsx = (type, props, ...more) => draw(type, words(type, props), ...more);
export const jsxs = (type, props, ...more) => drawMany(type, words(type, props), ...more);
