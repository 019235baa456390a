package browser

// Scripts that find what is wrong with any page.

// StickingOut lists elements whose content is wider than they are. What
// scrolls in its own frame, and what is for screen readers only, may be.
const StickingOut = `[...document.body.querySelectorAll("*:not(svg *):not(.unseen):not(.skip):not(.unseen *)")].filter(e => {
  const style = getComputedStyle(e);
  if (style.display === "inline" || ["auto", "scroll"].includes(style.overflowX)) return false;
  return e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1;
}).slice(0, 5).map(e => e.tagName + "." + e.getAttribute("class") + " " + e.textContent.slice(0, 60))`

// Squeezed lists cells that are too narrow for their words.
const Squeezed = `[...document.querySelectorAll("th, td")].filter(c => {
  const style = getComputedStyle(c);
  return c.clientWidth > 1 && c.textContent.length > 3 && c.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) < 30;
}).slice(0, 5).map(c => c.textContent.slice(0, 60))`

// FaintTexts lists texts whose contrast is under WCAG's 4.5 to 1. Text in the
// picture stands on the card, or on a bar of its group.
const FaintTexts = `(() => {
  const parse = text => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const under = e => {
    const bar = e.closest("g")?.querySelector("rect");
    if (bar) return parse(getComputedStyle(bar).fill);
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE", "title"].includes(e.tagName)) continue;
    const ink = parse(getComputedStyle(e)[e.closest("svg") ? "fill" : "color"]);
    const [a, b] = [light(ink), light(under(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.add(e.tagName + "." + e.getAttribute("class") + " " + ratio.toFixed(2) + " " + walker.currentNode.data.slice(0, 30));
  }
  return [...faint].slice(0, 10);
})()`
