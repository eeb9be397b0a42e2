// The table editor asks for its words by their English; the page brings them in the reader's language.
export function editorWords(block) {
  const known = block ? JSON.parse(block.textContent) : {};
  return (text, values = {}) => (known[text] ?? text).replace(/{([^}]+)}/g, (_, key) => values[key] ?? `{${key}}`);
}
