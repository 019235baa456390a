"use strict";
(() => {
  const part = id => document.getElementById(id);
  const most = { lines: 300, mails: 30 };

  // What comes was escaped by the server that wrote it.
  const add = (id, html) => {
    const list = part(id);
    list.insertAdjacentHTML("afterbegin", html);
    while (list.children.length > most[id]) list.lastElementChild.remove();
  };

  const stream = new EventSource("/_live/stream");
  const on = (name, take) => stream.addEventListener(name, message => take(message.data));
  on("reset", () => { part("lines").replaceChildren(); part("mails").replaceChildren(); });
  on("line", html => add("lines", html));
  on("mail", html => add("mails", html));
  for (const name of ["setting", "tasks"]) on(name, html => { part(name).innerHTML = html; });
  on("chart", html => {
    part("chart").innerHTML = html;
    part("chart").scrollLeft = part("chart").scrollWidth;
  });
  on("broken", html => {
    part("broken").innerHTML = html;
    const broken = part("broken").querySelector("[data-sns]") !== null;
    const button = document.querySelector('[data-do="sns"]');
    button.textContent = broken ? "repair SNS" : "break SNS";
    button.setAttribute("aria-pressed", broken);
  });
  on("report", () => { part("report").src = "/_live/report"; });
  stream.addEventListener("open", () => { part("connection").textContent = "connected"; });
  stream.addEventListener("error", () => { part("connection").textContent = "connection lost; trying again …"; });

  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const answer = await fetch("/_live/do/" + button.dataset.do, { method: "POST" });
        part("said").textContent = (answer.ok ? "" : "Not done: ") + await answer.text();
      } catch {
        part("said").textContent = "Not done: the account does not answer.";
      }
      button.disabled = false;
    });
  }

  const tabs = [...document.querySelectorAll("[role=tab]")];
  const choose = chosen => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      part(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", pressed => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[pressed.key];
      if (!step) return;
      const next = tabs[(i + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });
})();
