// The expression fields bring their style sheets by script. In a <style> element the content policy forbids them; adopted sheets are
// the same rules without such an element.
import {StyleModule as Original} from "../node_modules/style-mod/src/style-mod.js";

const mounted = new WeakMap();

export class StyleModule extends Original {
  // Of several modules the earlier ones win, as the package promises: their sheets come last.
  static mount(root, modules) {
    const known = mounted.get(root) ?? new Map();
    const wanted = [modules].flat();
    for (const one of wanted) {
      if (known.has(one)) continue;
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(one.getRules());
      known.set(one, sheet);
    }
    mounted.set(root, known);
    const sheets = [...known.keys()].sort((a, b) => wanted.indexOf(b) - wanted.indexOf(a)).map((one) => known.get(one));
    const others = root.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet));
    root.adoptedStyleSheets = [...others, ...sheets];
  }
}
