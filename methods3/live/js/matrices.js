// X, Z, Λ and V as pictures: a square for each number, of the first groups only.

import { d3 } from "./d3.js";
import { element } from "./live.js";

// Rows that are drawn: so many that a square is seen.
const MOST_ROWS = 40;

/** Λ_j of θ, as rows. */
function block([t11, t21, t22]) {
  return t21 === undefined ? [[t11]] : [[t11, 0], [t21, t22]];
}

/**
 * The matrices of the first groups, as rows of numbers: `{ X, Z, Lambda, V, groups }`.
 *
 * V = σ² (Z Λ Λᵀ Zᵀ + I), of those rows  (Bates et al. 2015, equation 17 for Λ).
 */
export function matrices({ X, Z, group, theta, sigma }) {
  const groups = [];
  const rows = [];
  for (const label of new Set(group)) {
    const own = group.flatMap((each, i) => (each === label ? [i] : []));
    if (rows.length && rows.length + own.length > MOST_ROWS) break;
    groups.push(label);
    rows.push(...own.slice(0, MOST_ROWS));
  }
  const small = block(theta);
  const q = small.length;
  const place = new Map(groups.map((label, j) => [label, j]));
  const wide = q * groups.length;
  const Zs = rows.map((i) => {
    const row = Array(wide).fill(0);
    for (let k = 0; k < q; k++) row[place.get(group[i]) * q + k] = Z[k][i];
    return row;
  });
  const Lambda = Array.from({ length: wide }, (_, r) =>
    Array.from({ length: wide }, (_, c) => {
      const same = Math.floor(r / q) === Math.floor(c / q);
      return same ? small[r % q][c % q] : 0;
    }),
  );
  const ZLambda = Zs.map((row) =>
    Lambda[0].map((_, c) => row.reduce((sum, z, r) => sum + z * Lambda[r][c], 0)),
  );
  const V = ZLambda.map((one, i) =>
    ZLambda.map((other, k) => {
      const product = one.reduce((sum, value, c) => sum + value * other[c], 0);
      return sigma ** 2 * (product + Number(i === k));
    }),
  );
  return { X: rows.map((i) => X.map((column) => column[i])), Z: Zs, Lambda, V, groups };
}

/** A place for pictures of matrices: gives a function that draws them. */
export function pictures(parent) {
  const place = element(parent, "div", { class: "matrices" });
  const names = [["X", "X"], ["Z", "Z"], ["Lambda", "Λ"], ["V", "V"]];
  const drawn = names.map(([key, name]) => {
    const figure = element(place, "figure");
    const svg = d3.select(figure).append("svg").attr("role", "img");
    svg.append("rect").attr("class", "frame");
    return { key, name, svg, caption: element(figure, "figcaption") };
  });
  const note = element(place, "p");
  return (made, sizes) => {
    for (const { key, name, svg, caption } of drawn) {
      paint(svg, made[key]);
      svg.attr("aria-label", `${name}, ${sizes[key]}, of the first groups`);
      caption.textContent = `${name}: ${sizes[key]}`;
    }
    const many = made.groups.length;
    note.textContent =
      `Rows of the first ${many === 1 ? "group" : `${many} groups`}. Blue is above 0, ` +
      "orange below; the darker, the further from 0 in its column.";
  };
}

function paint(svg, rows) {
  const [height, width] = [rows.length, rows[0].length];
  const side = Math.max(2, Math.min(12, 160 / Math.max(height, width)));
  // Of each column: an intercept is as dark as a slope.
  const most = rows[0].map((_, k) => Math.max(...rows.map((row) => Math.abs(row[k]))));
  const cells = rows.flatMap((row, i) =>
    row.flatMap((value, k) => (value ? [{ i, k, value }] : [])),
  );
  svg
    .attr("viewBox", `0 0 ${width} ${height}`)
    .attr("style", `width: ${side * width}px; height: ${side * height}px`)
    .attr("preserveAspectRatio", "none");
  svg.select(".frame").attr("width", width).attr("height", height);
  svg
    .selectAll(".cell")
    .data(cells)
    .join("rect")
    .attr("class", ({ value }) => `cell ${value < 0 ? "orange" : "blue"}`)
    .attr("x", ({ k }) => k)
    .attr("y", ({ i }) => i)
    .attr("width", 1)
    .attr("height", 1)
    .attr("fill-opacity", ({ k, value }) => Math.abs(value) / most[k]);
}
