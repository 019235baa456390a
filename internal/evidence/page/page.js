"use strict";
(() => {
  const controls = document.getElementById("controls");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const buttons = [...controls.querySelectorAll("button")];
  let rows; // each with its words, in which the search finds; read when it is first needed
  let kind = "";

  const read = () => [...document.querySelectorAll(".cluster")].flatMap(cluster =>
    [...cluster.querySelectorAll("tbody tr")].map(row =>
      ({ row, kinds: [...row.querySelectorAll("i")].map(mark => mark.textContent.slice(2)), words: (cluster.dataset.arn + row.querySelector("th").textContent + " " + row.textContent).toLowerCase() })));

  const show = () => {
    rows ??= read();
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const { row, kinds, words } of rows) {
      const fits = (!kind || kinds.includes(kind)) && words.includes(wanted);
      row.hidden = !fits;
      count += fits;
    }
    for (const part of document.querySelectorAll(".cluster .scroll, .cluster")) {
      part.hidden = !part.querySelector("tbody tr:not([hidden])");
    }
    shown.textContent = `${count} of ${rows.length} tasks shown`;
  };

  for (const button of buttons) {
    button.addEventListener("click", () => {
      kind = button.dataset.kind;
      for (const other of buttons) other.setAttribute("aria-pressed", other === button);
      show();
    });
  }
  for (const command of document.querySelectorAll(".command")) {
    const copy = document.createElement("button");
    copy.type = "button";
    copy.textContent = "Copy";
    copy.setAttribute("aria-label", "Copy the command: " + command.textContent);
    copy.addEventListener("click", async () => {
      const text = command.querySelector("code");
      try {
        await navigator.clipboard.writeText(text.textContent);
        copy.textContent = "Copied";
      } catch { // without the right to write: marked, for the reader to copy
        getSelection().selectAllChildren(text);
        copy.textContent = "Marked";
      }
    });
    command.append(copy);
  }
  search.addEventListener("input", show);
  controls.hidden = false;
})();
