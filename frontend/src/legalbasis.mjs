// The editor knows one remark for each rule (`description`); the standard has columns of them, of which one names the article.
// Before editing the article becomes the remark, afterwards it goes back to where it stood.
// As the checks of the program read it, in either language.
const NAMES_THE_LAW = /\u4f9d\u636e|\u6cd5|\u6761|\u6587\u4ef6|reference|legal|basis|law|article/i;

const parts = (element, name) => [...element.children].filter((child) => child.localName === name);
const texts = (element) => parts(element, "text")[0]?.textContent ?? "";
const tables = (document) => [...document.getElementsByTagName("*")].filter((element) => element.localName === "decisionTable");

// A table whose rules have remarks of their own is left as it is.
const isPlain = (table) => parts(table, "rule").every((rule) => !parts(rule, "description").length);

function place(table) {
  const names = parts(table, "annotation").map((clause) => clause.getAttribute("name") ?? "");
  return Math.max(0, names.findIndex((name) => NAMES_THE_LAW.test(name)));
}

function made(owner, name, text) {
  const element = owner.ownerDocument.createElementNS(owner.namespaceURI, name);
  element.textContent = text;
  return element;
}

function parsed(xml) {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  return found.getElementsByTagName("parsererror").length ? null : found;
}

// The text for the editor and the ids of the tables whose remarks are articles.
export function articlesOut(xml) {
  const found = parsed(xml);
  if (!found) return {xml, ids: []};
  const ids = [];
  for (const table of tables(found).filter(isPlain)) {
    const at = place(table);
    for (const rule of parts(table, "rule")) {
      const entry = parts(rule, "annotationEntry")[at];
      if (entry && texts(entry)) rule.prepend(made(rule, "description", texts(entry)));
    }
    ids.push(table.getAttribute("id"));
  }
  return {xml: new XMLSerializer().serializeToString(found), ids};
}

// The editor's text with each remark back in its column; a table without such a column gets one of that title.
export function articlesIn(xml, ids, title) {
  const found = parsed(xml);
  if (!found) return xml;
  for (const table of tables(found).filter((one) => ids.includes(one.getAttribute("id")))) {
    const rules = parts(table, "rule");
    if (!parts(table, "annotation").length && rules[0]) {
      const clause = made(table, "annotation", "");
      clause.setAttribute("name", title);
      table.insertBefore(clause, rules[0]);
    }
    const [at, columns] = [place(table), parts(table, "annotation").length];
    for (const rule of rules) {
      while (parts(rule, "annotationEntry").length < columns) {
        const entry = made(rule, "annotationEntry", "");
        entry.append(made(rule, "text", ""));
        rule.append(entry);
      }
      const remark = parts(rule, "description")[0];
      const entry = parts(rule, "annotationEntry")[at];
      if (entry) (parts(entry, "text")[0] ?? entry.appendChild(made(rule, "text", ""))).textContent = remark?.textContent ?? "";
      remark?.remove();
    }
  }
  return new XMLSerializer().serializeToString(found);
}
