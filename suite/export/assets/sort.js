// Makes the headings of tables sort them. Without scripts the tables stand in the board's order, and nothing is missing.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    button.addEventListener("click", () => {
      const down = heading.ariaSort === "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.ariaSort = down ? "descending" : "ascending";
      for (const body of table.tBodies) sort(body, column, down);
    });
    heading.append(button);
  });
}

// Methods that are ranked among each other are a body of their own, whose first row may name it, and stay together.
function sort(body, column, down) {
  const rows = [...body.rows].filter((row) => row.cells.length > 1);
  const keyed = rows.map((row) => [key(row.cells[column]), row]);
  keyed.sort(([a], [b]) => order(a, b, down));
  body.append(...keyed.map(([, row]) => row));
}

function key(cell) {
  const text = cell.dataset.v ?? cell.textContent.trim();
  const number = parseFloat(text);
  return Number.isNaN(number) ? text : number;
}

function order(a, b, down) {
  const empty = (value) => value === "" || value === "–";
  if (empty(a) || empty(b)) return empty(a) - empty(b); // what is missing stays last, whichever way
  const both = typeof a === "number" && typeof b === "number";
  return (both ? a - b : String(a).localeCompare(String(b))) * (down ? -1 : 1);
}
