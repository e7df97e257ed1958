// The live figures, by the names that the page gives them.

import { drag } from "./drag.js";
import { intervals } from "./intervals.js";
import { level } from "./level.js";
import { likelihood } from "./likelihood.js";
import { line } from "./line.js";
import { logistic } from "./logistic.js";
import { newton } from "./newton.js";
import { noise } from "./noise.js";
import { playground } from "./playground.js";
import { predictors } from "./predictors.js";
import { scales } from "./scales.js";
import { slices } from "./slices.js";
import { variance } from "./variance.js";

export const figures = {
  drag, intervals, level, likelihood, line, logistic, newton, noise, playground, predictors,
  scales, slices, variance,
};
