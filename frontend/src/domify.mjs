// Markup into elements, for the packages that make their pieces from strings: a style attribute in a string is forbidden by the
// content policy, the same words set by a script are not.

export default function domify(markup, owner = document) {
  const holder = owner.createElement("template");
  // A template takes rows and cells as they are.
  const text = markup.trim().replace(/(<[^>]*?\s)style=("[^"]*"|'[^']*')/g, "$1data-css=$2");
  holder.innerHTML = text;
  for (const piece of holder.content.querySelectorAll("[data-css]")) {
    piece.style.cssText = piece.dataset.css;
    delete piece.dataset.css;
  }
  const pieces = owner.importNode(holder.content, true);
  return pieces.childNodes.length === 1 ? pieces.removeChild(pieces.firstChild) : pieces;
}
