// Fit a mixed model by hand: data of the course, simulated, or the reader's own.
//
// What readers paste stays here: nothing in these scripts asks the network for anything.

import { DataError } from "./algebra.js";
import { writeTable } from "./csv.js";
import { element } from "./live.js";
import { matrices, pictures } from "./matrices.js";
import { fitting, leastSquares } from "./mlm.js";
import { format } from "./numbers.js";
import { ownTable } from "./own_table.js";
import { LIMITS, MARK, MODELS, readState, simulated } from "./play_state.js";
import { PooledLines } from "./pooled.js";
import { code, inFormula, printFit } from "./print.js";

// The file that readers get of data that they have changed.
const SAVED = "playground.csv";

export function playground(view, { sets }) {
  const start = {
    data: "sleepstudy", model: "slopes", reml: true,
    ...sets.sleepstudy.start, gone: [], moved: [],
    people: 18, days: 10, sdSlope: 6, sigma: 25, seed: 1,
  };
  const state = view.begin(start);
  let own = null;
  const fit = fitting();
  let made = { key: null };
  // What is said once.
  let notice = "";

  const again = () => {
    Object.assign(state, { gone: [], moved: [] });
  };
  const isSimulated = () => state.data === "simulated";
  const isOwn = () => state.data === "own";

  /** The table that is chosen; a simulated one is drawn once for its settings. */
  function table() {
    if (isOwn()) return own ?? { names: [], columns: {} };
    if (!isSimulated()) return sets[state.data];
    const key = JSON.stringify(Object.keys(LIMITS).map((name) => state[name]));
    if (made.key !== key) made = { key, table: simulated(state) };
    return made.table;
  }

  const numeric = () => table().names.filter((name) => table().columns[name].numeric);
  // No column stands in two places: y goes first, then x.
  const forX = () => numeric().filter((name) => name !== state.y);
  const forGroup = () => {
    const { names } = table();
    return names.filter((name) => name !== state.y && (name !== state.x || !usesX()));
  };
  const usesX = () => MODELS[state.model][1];
  const labels = () => {
    const known = table().columns[state.group]?.values.filter((value) => value !== null);
    return [...new Set(known?.map(String))];
  };

  /** Columns that there are, where the state names others. */
  function choose() {
    const usual = sets[state.data]?.start ?? {};
    const words = (names) => {
      const { columns } = table();
      return names.find((name) => !columns[name].numeric && !columns[name].bad);
    };
    const among = (key, names, other) => {
      const found = [usual[key], other, names[0]].find((name) => names.includes(name));
      if (!names.includes(state[key])) state[key] = found ?? "";
    };
    among("y", numeric());
    among("x", forX());
    among("group", forGroup(), words(forGroup()));
    among("shown", labels());
  }

  view.choice("data", {
    label: "data",
    options: [
      ...Object.entries(sets).map(([name, set]) => [name, set.label]),
      ["simulated", "simulated people"],
      ["own", "your own table"],
    ],
    after: again,
  });
  const named = (names) => () => names().map((name) => [name, name]);
  view.choice("y", { label: "y", options: named(numeric), after: again });
  view.choice("x", { label: "x", options: named(forX) });
  view.choice("group", { label: "group", options: named(forGroup) });
  view.choice("model", {
    label: "model", options: Object.entries(MODELS).map(([key, [text]]) => [key, text]),
  });
  view.tick("reml", "REML");
  const whole = (value) => format(value, 0);
  const slider = (key, label, text) =>
    view.slider(key, {
      label, text, min: LIMITS[key][0], max: LIMITS[key][1], when: isSimulated, after: again,
    });
  slider("people", "people", whole);
  slider("days", "days each", whole);
  slider("sdSlope", "SD of slopes", whole);
  slider("sigma", "σ", whole);
  view.button("draw again", () => {
    state.seed = (state.seed % LIMITS.seed[1]) + 1;
    again();
  }, isSimulated);
  ownTable(view.row(isOwn), takeOwn);
  view.choice("shown", { label: "group shown", options: named(labels) });
  view.button("leave out, or bring back, the point last touched", () => lines.toggle());
  view.button(`save these data as ${SAVED}`, save);
  view.button("start again", () => Object.assign(state, structuredClone(start)));
  const lines = new PooledLines(view);
  view.legend([["grey", "dashes", "complete pooling"]]);
  const warning = element(view.middle, "p", { class: "warning" });
  const label = "The fit, as lme4 prints it";
  const printed = element(view.below, "pre", { tabindex: 0, "aria-label": label });
  const draw = pictures(view.below);
  const [python, r] = ["Python", "R"].map((name) => {
    const fold = element(view.below, "details");
    element(fold, "summary", {}, `The same in ${name}`);
    const text = element(fold, "pre", { tabindex: 0, "aria-label": `${name} code` });
    const button = element(fold, "button", { type: "button" }, "copy");
    button.addEventListener("click", () => copy(text));
    return text;
  });
  if (view.address) linkTo();

  /** Copy a text; where a browser forbids that, mark it for the reader to copy. */
  function copy(place) {
    window.getSelection().selectAllChildren(place);
    navigator.clipboard?.writeText(place.textContent).catch(() => {});
  }

  /** Take a table that is pasted or opened, and choose its columns anew. */
  function takeOwn(table) {
    own = table;
    Object.assign(state, { y: "", x: "", group: "", shown: "" });
    again();
    view.redraw();
  }

  /** The table as it is now, moved points moved and those left out left out, as a file. */
  function save() {
    const { names, columns } = table();
    if (!names.length) return;
    const { y } = taken();
    const gone = new Set(state.gone);
    const cell = (name, i) => (name === state.y ? y[i] : columns[name].values[i]);
    const rows = y.map((_, i) => i).filter((i) => !gone.has(i));
    const text = writeTable(names, rows.map((i) => names.map((name) => cell(name, i))));
    const link = element(view.above, "a", { download: SAVED });
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.click();
    URL.revokeObjectURL(link.href);
    link.remove();
  }

  /** A link to the present state, in the address of the page. */
  function linkTo() {
    const read = () => {
      const { hash } = view.address;
      const said = readState(hash, start, sets);
      if (said) Object.assign(state, said);
      else if (hash.startsWith(MARK))
        notice = "The link is none of this page's, which begins as usual.";
      return said;
    };
    read();
    // A link that is followed on the page itself, or the way back.
    window.addEventListener("hashchange", () => {
      if (read() || notice) view.redraw();
    });
    view.button("put this state into the address", () => {
      view.address.hash = MARK + encodeURIComponent(JSON.stringify(state));
    }, () => !isOwn());
  }

  /** Rows without a missing cell, and their columns. */
  function taken() {
    const { columns } = table();
    const moved = new Map(state.moved);
    const all = columns[state.y].values.map((_, i) => i);
    const used = [state.y, state.group, ...(usesX() ? [state.x] : [])];
    const complete = all.filter((i) => used.every((name) => columns[name].values[i] !== null));
    return {
      complete,
      missing: all.length - complete.length,
      y: all.map((i) => moved.get(i) ?? columns[state.y].values[i]),
      x: columns[state.x]?.values,
      group: columns[state.group].values.map(String),
    };
  }

  /** Which columns are words only because of a few cells. */
  function spoiled() {
    const { names, columns } = table();
    return names
      .filter((name) => columns[name].bad)
      .map((name) => `${name} counts as words: “${columns[name].bad.cell}” in row ${columns[name].bad.row} is no number.`)
      .join(" ");
  }

  function check() {
    if (isOwn() && !own) throw new DataError("paste a table, or open a file.");
    if (own?.problem && isOwn()) throw new DataError(own.problem);
    if (!state.y)
      throw new DataError(
        "no column is all numbers, so there is no y: look for words, units or signs in it. " +
          spoiled(),
      );
    if (usesX() && !state.x)
      throw new DataError(`y is the only column of numbers: take intercepts alone. ${spoiled()}`);
    if (!state.group) throw new DataError("no column is left for the group.");
  }

  function fitted({ rows, x, y, group }) {
    const [, hasX, hasSlopes] = MODELS[state.model];
    const take = (values) => rows.map((i) => values[i]);
    const X = [["(Intercept)", 1], ...(hasX ? [[state.x, take(x)]] : [])];
    const Z = hasSlopes ? X : X.slice(0, 1);
    const data = { y: take(y), X, Z, group: take(group), reml: state.reml };
    return { found: fit(data), data };
  }

  function showText({ found, data }) {
    const [, hasX, hasSlopes] = MODELS[state.model];
    const [y, x, g] = [state.y, state.x, state.group].map(inFormula);
    const formula = `${y} ~ ${hasX ? x : "1"} + (${hasSlopes ? x : "1"} | ${g})`;
    const effects = hasSlopes ? ["(Intercept)", state.x] : ["(Intercept)"];
    const fixed = data.X.map(([name]) => name);
    const told = { formula, group: state.group, effects, fixed, reml: state.reml };
    printed.textContent = printFit(found, told).join("\n");
    const touched = state.moved.length || state.gone.length;
    // Of readers' own tables, too: what is saved has commas and points, however they wrote it.
    const load = (!touched && sets[state.data]?.load) || {
      python: `pd.read_csv("${SAVED}")`,
      r: `read.csv("${SAVED}", check.names = FALSE)`,
    };
    const lines = code({ formula, load, reml: state.reml });
    python.textContent = lines.python.join("\n");
    r.textContent = lines.r.join("\n");
  }

  function showMatrices({ found, data }) {
    const n = found.n;
    const whole = (pairs) =>
      pairs.map(([, values]) => (values === 1 ? Array(n).fill(1) : values));
    const [X, Z] = [data.X, data.Z].map(whole);
    const wide = found.groups.length * Z.length;
    draw(matrices({ X, Z, group: data.group, theta: found.theta, sigma: found.sigma }), {
      X: `${n} × ${X.length}`,
      Z: `${n} × ${wide}`,
      Lambda: `${wide} × ${wide}`,
      V: `${n} × ${n}`,
    });
  }

  function show() {
    choose();
    check();
    const { complete, missing, x, y, group } = taken();
    const base = table().columns[state.y].values;
    const at = (i) => x?.[i] ?? 0;
    lines.frame(complete.map(at), complete.map((i) => base[i]), state.x, state.y);
    const gone = new Set(state.gone);
    const rows = complete.filter((i) => !gone.has(i));
    const shown = complete.filter((i) => group[i] === state.shown);
    const items = shown.map((i) => ({
      x: at(i), y: y[i], gone: gone.has(i),
      label: `row ${i + 1}, ${state.x} ${format(at(i), 2)}`,
      text: `${state.y} ${format(y[i], 2)}`,
    }));
    lines.showPoints(`${state.y} by ${state.x} of ${state.shown}`, items, {
      moved: (k, _, value) => {
        const others = state.moved.filter(([i]) => i !== shown[k]);
        state.moved = [...others, [shown[k], value]];
      },
      toggled: (k) => {
        if (gone.has(shown[k])) state.gone = state.gone.filter((i) => i !== shown[k]);
        else state.gone = [...state.gone, shown[k]];
      },
    });
    const result = fitted({ rows, x, y, group });
    const kept = shown.filter((i) => !gone.has(i));
    const words = lines.show(result.found, {
      shown: state.shown, x: kept.map(at), y: kept.map((i) => y[i]),
      xName: state.x, slope: usesX(),
    });
    lines.showComplete(leastSquares(result.data.y, result.data.X).beta);
    showText(result);
    showMatrices(result);
    const without = missing
      ? `${missing} rows with a missing cell are left out, as lmer leaves them out.`
      : "";
    warning.textContent = [notice, without, spoiled()].filter(Boolean).join(" ");
    const name = state.reml ? "REML criterion" : "deviance";
    view.say(`${words} The ${name} is ${format(result.found.criterion, 2)}.`);
  }

  return () => {
    try {
      show();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      lines.clear();
      for (const place of [printed, python, r]) place.textContent = "";
      warning.textContent = "";
      view.say(`No fit: ${error.message}`);
    }
    notice = "";
  };
}
