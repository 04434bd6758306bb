// Draws the rules in layers from left to right; the lists below the picture say the same.
"use strict";

const drawn = JSON.parse(document.getElementById("drawn").textContent);
const place = document.getElementById("picture");
const pointed = document.getElementById("pointed");
const layers = { agreement: 0, party: 1, schedule: 2, category: 3, permit: 0, requirement: 1, evidence: 2 };
const below = new Set(["permit", "requirement", "evidence"]);
const colours = {
  agreement: "#14425c", party: "#1f6f8b", schedule: "#4a7c59", category: "#7a5200",
  permit: "#14425c", requirement: "#7b3f6e", evidence: "#8a4b2d",
};
const dark = matchMedia("(prefers-color-scheme: dark)").matches;

const ROW = 44;
const COLUMN = 290;
const columns = {};
for (const node of drawn.nodes) {
  const part = below.has(node.kind) ? "below" : "above";
  const column = (columns[part + layers[node.kind]] ||= { part, x: layers[node.kind] * COLUMN, nodes: [] });
  column.nodes.push(node);
}
const rows = (part) => Math.max(0, ...Object.values(columns).filter((c) => c.part === part).map((c) => c.nodes.length));
const tall = { above: rows("above"), below: rows("below") };
const nodes = Object.values(columns).flatMap(({ part, x, nodes: held }) => held.map((node, number) => ({
  data: node,
  position: { x, y: ROW * ((part === "below" ? tall.above + 1 : 0) + (number + 0.5) * (tall[part] / held.length)) },
})));

place.hidden = false;
const wide = place.clientWidth > 700;
if (wide) place.style.height = `${Math.round((place.clientWidth / (4 * COLUMN)) * ROW * (tall.above + tall.below + 2))}px`;

const cy = cytoscape({
  container: place,
  elements: [...nodes, ...drawn.edges.map(([source, target]) => ({ data: { source, target } }))],
  layout: { name: "preset", padding: 24 },
  userZoomingEnabled: !wide, // a wheel over a picture that fits scrolls the page
  userPanningEnabled: !wide,
  minZoom: 0.2,
  maxZoom: 3,
  style: [
    {
      selector: "node",
      style: {
        label: "data(label)", shape: "round-rectangle", width: 230, height: 36, "font-size": 13, color: "#fff",
        "text-wrap": "wrap", "text-max-width": 218, "text-valign": "center",
        "background-color": (node) => colours[node.data("kind")],
      },
    },
    {
      selector: "edge",
      style: {
        width: 1.5, "curve-style": "straight", "source-endpoint": "50% 0%", "target-endpoint": "-50% 0%", "target-arrow-shape": "triangle", "arrow-scale": 0.8,
        "line-color": dark ? "#5d6b77" : "#b3bec8", "target-arrow-color": dark ? "#5d6b77" : "#b3bec8",
      },
    },
    { selector: "node[kind = 'agreement']", style: { height: 56 } },
    { selector: ".near", style: { "line-color": "#d9822b", "target-arrow-color": "#d9822b", width: 3, "z-index": 9 } },
    { selector: "node.far", style: { opacity: 0.35 } },
  ],
});
window.cy = cy;
cy.on("tap", "node", (event) => { location.href = event.target.data("href"); });
cy.on("mouseover", "node", (event) => {
  const near = event.target.closedNeighborhood();
  near.edges().addClass("near");
  cy.nodes().difference(near.nodes()).addClass("far");
  pointed.textContent = event.target.data("label");
});
cy.on("mouseout", "node", () => { cy.elements().removeClass("near far"); });
