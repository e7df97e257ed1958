// What a model tells somebody about the last day, from the first days that are known.

import { format, sequence, widened } from "./numbers.js";

const Z = 1.96;

/**
 * A person's line [intercept, slope] and its covariance, when the rows x, y of that person
 * are known and the parameters are given: C = Σ (I + XᵀXΣ/σ²)⁻¹ and β + C Xᵀ(y − Xβ)/σ².
 */
export function predicted({ beta, Sigma, sigma }, x, y) {
  let [n, s, q, r0, r1] = [0, 0, 0, 0, 0];
  x.forEach((at, i) => {
    const off = y[i] - beta[0] - beta[1] * at;
    [n, s, q, r0, r1] = [n + 1, s + at, q + at * at, r0 + off, r1 + off * at];
  });
  const [[a, b], [, d]] = Sigma, v = sigma ** 2;
  const M = [[1 + (n * a + s * b) / v, (n * b + s * d) / v],
    [(s * a + q * b) / v, 1 + (s * b + q * d) / v]];
  const det = M[0][0] * M[1][1] - M[0][1] * M[1][0];
  const inverse = [[M[1][1] / det, -M[0][1] / det], [-M[1][0] / det, M[0][0] / det]];
  const C = [[a, b], [b, d]].map(([p, o]) =>
    [0, 1].map((k) => p * inverse[0][k] + o * inverse[1][k]));
  const line = beta.map((value, i) => value + (C[i][0] * r0 + C[i][1] * r1) / v);
  return { line, C };
}

export function forecast(view, { x, y, group, model, names, unit, start }) {
  const state = view.begin({ level: start, known: 0 });
  const [xName, yName, groupName] = names;
  const levels = [...new Set(group)];
  const days = (level) => x.flatMap((at, i) => (group[i] === level ? [[at, y[i]]] : []));
  const most = days(start).length, ends = [Math.min(...x), Math.max(...x)];
  view.choice("level", { label: groupName, options: levels.map((level) => [level, level]) });
  view.slider("known", { label: "rows known", max: most, text: String });
  view.legend([
    ["blue", "point", "known"],
    ["grey", "point", "not yet"],
    ["orange", "", "expected, with the range for 95 %"],
  ]);
  const panel = view.panel({
    label: `${yName} by ${xName}, with a forecast`,
    x: { label: xName, domain: widened(x, 0.06) },
    y: { label: yName, domain: widened(y, 0.35) },
    width: 400, height: 300,
  });
  const widths = view.panel({
    label: "Width of the forecast by rows that are known",
    x: { label: "rows known", domain: [-0.5, most + 0.5] },
    y: { label: unit ? `give or take (${unit})` : "give or take", domain: [0, 1] },
    width: 400, height: 300,
  });
  const at = ([a, b], day) => a + b * day;
  const reach = ({ C }, day) =>
    Z * Math.sqrt(C[0][0] + 2 * day * C[0][1] + day ** 2 * C[1][1] + model.sigma ** 2);
  const of = (level, known) => {
    const rows = days(level).slice(0, known);
    return predicted(model, rows.map(([day]) => day), rows.map(([, value]) => value));
  };

  return () => {
    const { level, known } = state;
    const rows = days(level), last = ends[1], found = of(level, known);
    const grid = sequence(...ends, 19);
    const edge = (sign) => (day) => [day, at(found.line, day) + sign * reach(found, day)];
    panel.areas("band", [[...grid.map(edge(1)), ...grid.toReversed().map(edge(-1))]], "orange");
    panel.lines("line", [ends.map((day) => [day, at(found.line, day)])], "orange strong");
    panel.dots("rows", rows, (i) => (i < known ? "blue" : "grey open"), 5);
    const half = reach(found, last), middle = at(found.line, last);
    panel.lines("forecast", [[[last, middle - half], [last, middle + half]]], "orange strong");
    const all = sequence(0, most, most + 1).map((k) => [k, reach(of(level, k), last)]);
    widths.domains([-0.5, most + 0.5], [0, 1.15 * all[0][1]]);
    const floor = Z * model.sigma;
    widths.lines("floor", [[[-0.5, floor], [most + 0.5, floor]]], "grey dashes");
    widths.texts("floor", [[0, 0.85 * floor, "σ alone"]]);
    widths.lines("widths", [all], "orange");
    widths.dots("widths", all, "orange", 3);
    widths.dots("now", [all[known]], "orange", 7);
    view.say(
      `Of ${level}, ${known} of ${rows.length} rows are known: expect ${format(middle, 0)} at ` +
        `${xName} ${format(last, 0)}, give or take ${format(half, 0)}. ` +
        `${format(rows.at(-1)[1], 0)} was measured.`,
    );
  };
}
