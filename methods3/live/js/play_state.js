// What the playground can show: models, simulated people, and states that a link tells.

import { covariance } from "./covariance.js";
import { MOST_ROWS } from "./csv.js";
import { random, simulate } from "./draws.js";

// Words, whether there is a predictor, and whether its slope is random.
export const MODELS = {
  means: ["intercepts alone: y ~ 1 + (1 | group)", false, false],
  intercepts: ["own intercepts: y ~ x + (1 | group)", true, false],
  slopes: ["own intercepts and slopes: y ~ x + (x | group)", true, true],
};
// The truth of simulated data: people on days, nearly as in the sleep study.
const SIMULATED = { beta: [250, 10], sd: 25 };
// Ends of the sliders.
export const LIMITS = {
  people: [3, 60], days: [2, 15], sdSlope: [0, 20], sigma: [1, 60], seed: [1, 1e6],
};
// Before the state, in an address.
export const MARK = "#play=";
// No data of this page have as many rows that could be moved or deleted.
const MOST_CHANGED = 1000;

/** A table of simulated people, as `readTable` gives one. */
export function simulated({ people, days, sdSlope, sigma, seed }) {
  const group = [];
  const day = [];
  for (let j = 0; j < people; j++)
    for (let i = 0; i < days; i++) {
      group.push(`P${String(j + 1).padStart(2, "0")}`);
      day.push(i);
    }
  const X = { "(Intercept)": 1, day };
  const Sigma = covariance(SIMULATED.sd, sdSlope, 0);
  const { y } = simulate({ X, Z: X, group, beta: SIMULATED.beta, Sigma, sigma }, random(seed));
  return {
    names: ["y", "day", "person"],
    columns: {
      y: { numeric: true, values: y.map((value) => Number(value.toFixed(2))) },
      day: { numeric: true, values: day },
      person: { numeric: false, values: group },
    },
  };
}

/**
 * A state from the end of an address; null if it is not one that this page writes.
 *
 * Only known keys are read, and only values that the controls could give.
 */
export function readState(hash, start, sets) {
  if (!hash.startsWith(MARK)) return null;
  let told;
  try {
    told = JSON.parse(decodeURIComponent(hash.slice(MARK.length)));
  } catch {
    return null;
  }
  if (told === null || typeof told !== "object" || Array.isArray(told)) return null;
  const isNumber = ([least, most]) => (value) =>
    Number.isInteger(value) && value >= least && value <= most;
  const isRow = (value) => Number.isInteger(value) && value >= 0 && value < MOST_ROWS;
  const isText = (value) => typeof value === "string" && value.length <= 200;
  const isMove = (pair) =>
    Array.isArray(pair) && pair.length === 2 && isRow(pair[0]) && Number.isFinite(pair[1]);
  const isList = (of) => (value) =>
    Array.isArray(value) && value.length <= MOST_CHANGED && value.every(of);
  const allowed = {
    data: (value) => Object.hasOwn(sets, value) || value === "simulated",
    model: (value) => Object.hasOwn(MODELS, value),
    reml: (value) => typeof value === "boolean",
    y: isText, x: isText, group: isText, shown: isText,
    gone: isList(isRow),
    moved: isList(isMove),
  };
  for (const [key, limits] of Object.entries(LIMITS)) allowed[key] = isNumber(limits);
  const state = { ...start };
  for (const [key, value] of Object.entries(told)) {
    if (!Object.hasOwn(allowed, key) || !allowed[key](value)) return null;
    state[key] = value;
  }
  return state;
}

