# Writes tests/reference/lme4.json: what lme4 says, for the tests to compare with.
# Run from the top of the repository:  Rscript tests/reference/lme4.R
# Needs R with lme4 and jsonlite (Debian and Ubuntu: apt install r-cran-lme4
# r-cran-jsonlite).  Every fit is polished to a tight optimum: lme4's default stop is
# about 1e-5 off in theta.

suppressMessages({ library(lme4); library(jsonlite) })

tight <- lmerControl(
  optimizer = "nloptwrap",
  optCtrl = list(algorithm = "NLOPT_LN_NELDERMEAD", xtol_abs = 1e-12, xtol_rel = 1e-12,
                 ftol_abs = 1e-15, ftol_rel = 0, maxeval = 1e5)
)

sleepstudy <- read.csv("mlm/datasets/sleepstudy.csv")
sleepstudy$Subject <- factor(sleepstudy$Subject)
data(Dyestuff2, package = "lme4")
data(Penicillin, package = "lme4")
data(Pastes, package = "lme4")
left_out <- c(2, 3, 5, 15, 38, 39, 40, 77, 121, 122, 164)
data_sets <- list(
  sleepstudy = sleepstudy,
  # Unbalanced on purpose: balanced data make many wrong formulas right.
  unbalanced = sleepstudy[-left_out, ],
  Dyestuff2 = Dyestuff2,
  Penicillin = Penicillin,
  Pastes = Pastes
)

models <- list(
  list("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
  list("sleepstudy", "Reaction ~ Days + (1 | Subject)"),
  list("sleepstudy", "Reaction ~ Days + (Days || Subject)"),
  list("sleepstudy", "Reaction ~ 1 + (1 | Subject)"),
  list("sleepstudy", "Reaction ~ Days + (0 + Days | Subject)"),
  list("unbalanced", "Reaction ~ Days + (Days | Subject)"),
  list("unbalanced", "Reaction ~ Days + I(Days^2) + (Days | Subject)"),
  list("unbalanced", "Reaction ~ Days + (Days || Subject)"),
  list("Dyestuff2", "Yield ~ 1 + (1 | Batch)"),
  list("Penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
  list("Pastes", "strength ~ 1 + (1 | batch/cask)")
)

record <- function(data, formula, reml) {
  fit <- suppressMessages(suppressWarnings(
    lmer(as.formula(formula), data_sets[[data]], REML = reml, control = tight)
  ))
  list(
    data = data, formula = formula, reml = reml,
    criterion = if (reml) unname(REMLcrit(fit)) else unname(deviance(fit)),
    fixef = as.list(fixef(fit)),
    se = as.list(setNames(sqrt(diag(as.matrix(vcov(fit)))), names(fixef(fit)))),
    sigma = sigma(fit),
    theta = as.list(getME(fit, "theta")),
    aic = AIC(fit), bic = BIC(fit),
    varcorr = as.data.frame(VarCorr(fit)),
    ranef = lapply(ranef(fit, condVar = FALSE), function(r) {
      list(levels = rownames(r), columns = names(r), values = unname(as.matrix(r)))
    }),
    X = colnames(getME(fit, "X")),
    Z = list(shape = dim(getME(fit, "Z")), columns = colnames(getME(fit, "Z")),
             column_sums = unname(Matrix::colSums(getME(fit, "Z")))),
    # One group's conditional variance, first group of the first factor.
    condvar = attr(ranef(fit, condVar = TRUE)[[1]], "postVar") |>
      (\(v) if (is.list(v)) NULL else v[, , 1])()
  )
}

fits <- list()
for (model in models) for (reml in c(TRUE, FALSE)) {
  fits[[length(fits) + 1]] <- record(model[[1]], model[[2]], reml)
}
# The noise of the collinearity experiment, Days2 = 2 Days + rnorm(180).
days2_noise <- lapply(c(seed1 = 1, seed7 = 7), function(seed) { set.seed(seed); rnorm(180) })
# Comparisons and predictions.
ml <- function(formula) lmer(formula, sleepstudy, REML = FALSE, control = tight)
compared <- anova(ml(Reaction ~ Days + (1 | Subject)), ml(Reaction ~ Days + (Days || Subject)),
                  ml(Reaction ~ Days + (Days | Subject)))
new <- data.frame(Days = c(0, 9.5, 20, 3), Subject = factor(c(308, 335, 372, 999)))
slopes <- lmer(Reaction ~ poly(Days, 2) + (Days | Subject), sleepstudy, control = tight)
intervals <- function(fit) {
  ends <- suppressMessages(suppressWarnings(confint(fit, oldNames = FALSE)))
  list(names = rownames(ends), ends = unname(ends))
}
profiles <- list(
  slopes = intervals(ml(Reaction ~ Days + (Days | Subject))),
  intercepts = intervals(ml(Reaction ~ Days + (1 | Subject)))
)
predicted <- list(
  Days = new$Days, Subject = as.character(new$Subject),
  group = predict(slopes, new, allow.new.levels = TRUE),
  average = predict(slopes, new, re.form = NA)
)
linear <- lm(Reaction ~ Days, sleepstudy)
out <- list(
  made_by = "Rscript tests/reference/lme4.R",
  R = R.version.string, lme4 = as.character(packageVersion("lme4")),
  tolerance = "Nelder-Mead, xtol 1e-12, ftol_abs 1e-15",
  unbalanced_leaves_out = left_out,
  days2_noise = days2_noise,
  profile = profiles, anova = as.data.frame(compared), predict = predicted,
  data_sets = data_sets[c("Dyestuff2", "Penicillin", "Pastes")],
  fits = fits,
  lm = list(fixef = as.list(coef(linear)), sigma = sigma(linear),
            se = as.list(sqrt(diag(vcov(linear)))), deviance = -2 * as.numeric(logLik(linear)),
            aic = AIC(linear), bic = BIC(linear))
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), null = "null", na = "null",
               dataframe = "columns", pretty = TRUE)
writeLines(json, "tests/reference/lme4.json")
