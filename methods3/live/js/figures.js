// The live figures, by the names that the page gives them.

import { again } from "./again.js";
import { answers } from "./answers.js";
import { average } from "./average.js";
import { bell } from "./bell.js";
import { bowl } from "./bowl.js";
import { ceiling } from "./ceiling.js";
import { counts } from "./counts.js";
import { county } from "./county.js";
import { dial } from "./dial.js";
import { drag } from "./drag.js";
import { forecast } from "./forecast.js";
import { growing } from "./growing.js";
import { integral } from "./integral.js";
import { intervals } from "./intervals.js";
import { kept } from "./kept.js";
import { landscape } from "./landscape.js";
import { level } from "./level.js";
import { likelihood } from "./likelihood.js";
import { line } from "./line.js";
import { logistic } from "./logistic.js";
import { loss } from "./loss.js";
import { newton } from "./newton.js";
import { noise } from "./noise.js";
import { odds } from "./odds.js";
import { origin } from "./origin.js";
import { plan } from "./plan.js";
import { playground } from "./playground.js";
import { predictors } from "./predictors.js";
import { psychometric } from "./psychometric.js";
import { refits } from "./refits.js";
import { rows } from "./rows.js";
import { scales } from "./scales.js";
import { slices } from "./slices.js";
import { trellis } from "./trellis.js";
import { variance } from "./variance.js";

export const figures = {
  again, answers, average, bell, bowl, ceiling, counts, county, dial, drag,
  forecast, growing, integral, intervals, kept, landscape, level, likelihood, line,
  logistic, loss, newton, noise, odds, origin, plan, playground, predictors,
  psychometric, refits, rows, scales, slices, trellis, variance,
};
