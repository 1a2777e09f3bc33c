"use strict";
// Rows that open, and figures that the viewer shows.

for (const button of document.querySelectorAll("button.seeds"))
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    for (const row of button.closest("tbody").querySelectorAll("tr.seed"))
      row.classList.toggle("closed", !open);
  });

const canvas = document.getElementById("view");
if (canvas) {
  const scenes = JSON.parse(document.getElementById("scenes").textContent);
  const viewer = new Viewer(canvas, document.getElementById("view-caption"));
  const buttons = [...document.querySelectorAll("button.figure")];
  const select = (index) => {
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(i === index)));
    viewer.show(scenes[index]);
  };
  buttons.forEach((button, index) => button.addEventListener("click", () => select(index)));
  // A link to one view: #molecule=3&turn=0.8,0.2 (radians)
  const link = new URLSearchParams(location.hash.slice(1));
  select(Math.min(Math.max(Number(link.get("molecule")) || 1, 1), scenes.length) - 1);
  const turned = (link.get("turn") || "").split(",").map(Number);
  if (turned.length === 2 && turned.every(Number.isFinite)) viewer.turnBy(...turned);
}
