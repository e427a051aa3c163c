
"use strict";
(() => {
  const most = 200;
  const byId = (id) => document.getElementById(id);
  const tools = byId("tools");
  if (!tools) return;
  const { groups, places } = JSON.parse(byId("data").textContent);
  const rows = Array.from(byId("rows").rows, (row) => ({ row, text: row.textContent.toLowerCase() }));
  const held = places.map(([group, place, unit]) => {
    const { severity, status, name, what } = groups[group];
    const cells = [severity, name, place, unit, what];
    return { severity, status, cells, text: cells.join(" ").toLowerCase() };
  });
  const inputs = ["search", "severity", "status"].map(byId);
  const show = () => {
    const [wanted, severity, status] = inputs.map((input) => input.value);
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text, itsSeverity, itsStatus) =>
      (!severity || severity === itsSeverity) && (!status || status === itsStatus) && words.every((word) => text.includes(word));
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !fits(text, row.dataset.severity, row.dataset.status);
      shown += row.hidden ? 0 : 1;
    }
    byId("count").textContent = `${shown} of ${rows.length} rows`;
    const found = held.filter((each) => fits(each.text, each.severity, each.status));
    byId("places-count").textContent =
      found.length > most ? `The first ${most} of ${found.length} places; search to see others.` : `${found.length} of ${held.length} places.`;
    byId("list").replaceChildren(...found.slice(0, most).map((each) => {
      const row = document.createElement("tr");
      for (const text of each.cells) row.insertCell().textContent = text;
      return row;
    }));
  };
  for (const input of inputs) for (const event of ["input", "change"]) input.addEventListener(event, show);
  tools.hidden = false;
  byId("all").hidden = false;
  show();
})();
