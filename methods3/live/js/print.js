// A fit as lme4 prints it, and the code that makes it in Python and in R.

// Rounding errors behind this digit must not decide where a 5 is rounded to.
const KNOWN = 12;

/** Numbers as R's format(values, digits = digits) has them: see mlm/ground/text.py. */
export function rFormat(given, digits) {
  const values = given.map((value) => Number(value.toPrecision(KNOWN)));
  let decimals = 0;
  let longest = 1;
  for (const value of values) {
    if (!Number.isFinite(value) || value === 0) continue;
    const [mantissa, exponent] = Math.abs(value).toExponential(digits - 1).split("e");
    const significant = mantissa.replace(".", "").replace(/0+$/, "").length;
    decimals = Math.max(decimals, significant - 1 - Number(exponent));
    longest = Math.max(longest, significant);
  }
  const power = (value) =>
    value.toExponential(longest - 1).replace(/e([+-])(\d)$/, "e$10$2");
  const text = (value, form) => (Number.isFinite(value) ? form(value) : "nan");
  const fixed = values.map((value) => text(value, (v) => v.toFixed(Math.min(decimals, 100))));
  const powers = values.map((value) => text(value, power));
  const widest = (texts) => Math.max(...texts.map((each) => each.length));
  const chosen = widest(powers) < widest(fixed) ? powers : fixed;
  return chosen.map((each) => each.padStart(widest(chosen)));
}

/** A number with seven significant digits at most, as R prints one. */
function seven(value) {
  return rFormat([value], 7)[0];
}

// Letters as Python counts them: some are two of a string's units.
const width = (text) => [...text].length;
const blanks = (text, wanted) => " ".repeat(wanted - width(text));

function named(names, texts, gap) {
  const cell = Math.max(...[...names, ...texts].map(width));
  const line = (parts) =>
    parts.map((part) => blanks(part, cell) + part).join(" ".repeat(gap));
  return [line(names), line(texts)];
}

function table(rows) {
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => width(row[k]))));
  const line = (row) => row.map((cell, k) => cell + blanks(cell, widths[k])).join(" ");
  return rows.map((row) => ` ${line(row)}`.trimEnd());
}

const rounded = (value, decimals) => Number(value.toFixed(decimals));

/** Lines of the print-out of a fit. */
export function printFit(found, { formula, group, effects, fixed, reml }) {
  const sds = found.Sigma.map((row, i) => Math.sqrt(row[i]));
  const texts = rFormat([...sds, found.sigma], 4);
  const slopes = sds.length > 1;
  const correlation = slopes ? found.Sigma[0][1] / (sds[0] * sds[1]) : NaN;
  const cells = [["Groups", "Name", "Std.Dev.", ...(slopes ? ["Corr"] : [])]];
  effects.forEach((effect, i) => {
    const corr = i === 0 ? "" : Number.isFinite(correlation) ? correlation.toFixed(2) : "nan";
    cells.push([i ? "" : group, effect, texts[i], ...(slopes ? [corr] : [])]);
  });
  cells.push(["Residual", "", texts.at(-1), ...(slopes ? [""] : [])]);
  return [
    `Linear mixed model fit by ${reml ? "REML" : "maximum likelihood"}`,
    `Formula: ${formula}`,
    ...criterionLines(found, fixed.length + (slopes ? 3 : 1) + 1, reml),
    "Random effects:",
    ...table(cells),
    `Number of obs: ${found.n}, groups:  ${group}, ${found.groups.length}`,
    "Fixed Effects:",
    ...named(fixed, rFormat(found.beta, 4), 2),
    ...(found.singular ? ["boundary (singular) fit"] : []),
  ];
}

function criterionLines({ criterion, n }, parameters, reml) {
  if (reml) return [`REML criterion at convergence: ${seven(rounded(criterion, 4))}`];
  const values = [
    criterion + 2 * parameters,
    criterion + Math.log(n) * parameters,
    -criterion / 2,
    criterion,
  ];
  const texts = rFormat(values.map((value) => rounded(value, 4)), 7);
  return named(
    ["AIC", "BIC", "logLik", "deviance", "df.resid"],
    [...texts, String(n - parameters)],
    1,
  );
}

// Names that stand in a formula as they are, and words of R, which do not.
const PLAIN = /^[A-Za-z][A-Za-z0-9_]*$/;
const RESERVED = /^(if|else|repeat|while|function|for|next|break|in|TRUE|FALSE|NULL|Inf|NaN|NA|NA_(integer|real|character|complex)_)$/;

/** A name in a formula: others than plain ones stand between back ticks. */
export function inFormula(name) {
  return PLAIN.test(name) && !RESERVED.test(name) ? name : `\`${name}\``;
}

/** Code that fits the same: `{ python, r }`, lines each. */
export function code({ formula, load, reml }) {
  const method = reml ? ["", ""] : [", reml=False", ", REML = FALSE"];
  return {
    python: [
      ...(load.python.startsWith("pd.") ? ["import pandas as pd", ""] : []),
      "import mlm",
      "",
      `data = ${load.python}`,
      `print(mlm.lmer(${JSON.stringify(formula)}, data${method[0]}))`,
    ],
    r: [
      "library(lme4)",
      "",
      `data <- ${load.r}`,
      // In R, a backslash in a name is two.
      `print(lmer(${formula.replaceAll("\\", "\\\\")}, data${method[1]}))`,
    ],
  };
}
