# Writes tests/reference/lme4.json: what lme4 and lmerTest say, for the tests to compare
# with.  Run from the top of the repository:  Rscript tests/reference/lme4.R
# Needs R with lme4, lmerTest and jsonlite (Debian and Ubuntu: apt install r-cran-lme4
# r-cran-lmertest r-cran-jsonlite).  Every fit is polished to a tight optimum: lme4's
# default stop is about 1e-5 off in theta.

suppressMessages({ library(lme4); library(jsonlite) })

tight <- lmerControl(
  optimizer = "nloptwrap",
  optCtrl = list(algorithm = "NLOPT_LN_NELDERMEAD", xtol_abs = 1e-12, xtol_rel = 1e-12,
                 ftol_abs = 1e-15, ftol_rel = 0, maxeval = 1e5)
)

# The files of the package; labels become factors.
read <- function(name, ...) {
  table <- read.csv(Sys.glob(file.path("mlm", "datasets", paste0(name, ".csv*"))))
  for (column in c(...)) table[[column]] <- factor(table[[column]])
  table
}
sleepstudy <- read("sleepstudy", "Subject")
left_out <- c(2, 3, 5, 15, 38, 39, 40, 77, 121, 122, 164)
set.seed(20240910)
weighted <- transform(sleepstudy, w = round(runif(180, 0.5, 3), 3),
                      o = round(rnorm(180, 0, 20), 3))
# Partly crossed and unbalanced, with slopes for one factor.
crossed <- data.frame(g = sample(15, 240, TRUE), h = sample(9, 240, TRUE),
                      x = round(rnorm(240), 4), w = round(runif(240, 0.2, 4), 3))
crossed$y <- round(with(crossed, 2 + x + rnorm(15)[g] + 0.6 * rnorm(15)[g] * x +
                        0.7 * rnorm(9)[h] + rnorm(240) / sqrt(w)), 5)
data_sets <- list(
  sleepstudy = sleepstudy,
  from_day_2 = subset(sleepstudy, Days >= 2),
  # Unbalanced on purpose: balanced data make many wrong formulas right.
  unbalanced = sleepstudy[-left_out, ],
  weighted = weighted,
  crossed = transform(crossed, g = factor(g), h = factor(h)),
  dyestuff = read("dyestuff", "Batch"),
  dyestuff2 = read("dyestuff2", "Batch"),
  penicillin = read("penicillin", "plate", "sample"),
  pastes = read("pastes", "batch", "cask", "sample"),
  cake = read("cake", "replicate", "recipe", "temperature"),
  radon = read("radon", "county"),
  insteval = read("insteval", "s", "d", "studage", "lectage", "service", "dept")
)

model <- function(data, formula, weights = NULL, offset = NULL) {
  list(data = data, formula = formula, weights = weights, offset = offset)
}
models <- list(
  model("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
  model("sleepstudy", "Reaction ~ Days + (1 | Subject)"),
  model("sleepstudy", "Reaction ~ Days + (Days || Subject)"),
  model("sleepstudy", "Reaction ~ 1 + (1 | Subject)"),
  model("sleepstudy", "Reaction ~ Days + (0 + Days | Subject)"),
  model("sleepstudy", "Reaction ~ 1 + (Days - 1 | Subject) + (1 | Subject)"),
  model("sleepstudy", "log(Reaction) ~ Days + I(Days^2) + (Days | Subject)"),
  model("sleepstudy", "Reaction ~ 0 + Days + (Days | Subject)"),
  model("from_day_2", "Reaction ~ Days + (Days | Subject)"),
  model("unbalanced", "Reaction ~ Days + (Days | Subject)"),
  model("unbalanced", "Reaction ~ Days + I(Days^2) + (Days | Subject)"),
  model("unbalanced", "Reaction ~ Days + (Days || Subject)"),
  model("weighted", "Reaction ~ Days + (Days | Subject)", "w", "o"),
  model("weighted", "Reaction ~ Days + (Days || Subject)", "w"),
  model("crossed", "y ~ x + (x | g) + (1 | h)"),
  model("crossed", "y ~ x + (x || g) + (1 | h)", "w"),
  model("dyestuff", "Yield ~ 1 + (1 | Batch)"),
  model("dyestuff2", "Yield ~ 1 + (1 | Batch)"),
  model("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
  model("pastes", "strength ~ 1 + (1 | batch/cask)"),
  model("pastes", "strength ~ 1 + (1 | batch) + (1 | batch:cask)"),
  model("pastes", "strength ~ 1 + (1 | batch) + (1 | sample)"),
  model("cake", "angle ~ recipe * temp + (1 | recipe:replicate)"),
  model("cake", "angle ~ recipe + temperature + (1 | recipe:replicate)"),
  model("cake", "angle ~ temp + (recipe | replicate)"),
  model("radon", "log_radon ~ 1 + (1 | county)"),
  model("radon", "log_radon ~ floor + (1 | county)"),
  model("radon", "log_radon ~ floor + log_uranium + (floor | county)"),
  model("insteval", "y ~ 1 + (1 | s) + (1 | d)"),
  model("insteval", "y ~ service + (1 | s) + (1 | d) + (1 | dept:service)")
)

fitted_to <- function(model, reml) {
  data <- data_sets[[model$data]]
  w <- if (is.null(model$weights)) rep(1, nrow(data)) else data[[model$weights]]
  o <- if (is.null(model$offset)) rep(0, nrow(data)) else data[[model$offset]]
  data$.w <- w; data$.o <- o
  suppressMessages(suppressWarnings(lmerTest::lmer(
    as.formula(model$formula), data, REML = reml, control = tight,
    weights = .w, offset = .o)))
}

record <- function(model, reml) {
  test <- fitted_to(model, reml)
  fit <- as(test, "lmerMod")
  large <- nobs(fit) > 1000
  modes <- ranef(fit, condVar = FALSE)
  out <- c(model, list(
    reml = reml,
    criterion = if (reml) unname(REMLcrit(fit)) else unname(deviance(fit)),
    fixef = as.list(fixef(fit)),
    se = as.list(setNames(sqrt(diag(as.matrix(vcov(fit)))), names(fixef(fit)))),
    sigma = sigma(fit),
    theta = as.list(getME(fit, "theta")),
    aic = AIC(fit), bic = BIC(fit),
    varcorr = as.data.frame(VarCorr(fit)),
    ranef = lapply(modes, function(r) {
      r <- head(r, 40) # of the large factors the first levels only
      list(levels = rownames(r), columns = names(r), values = unname(as.matrix(r)))
    }),
    X = colnames(getME(fit, "X")),
    Z = list(shape = dim(getME(fit, "Z")),
             columns = if (!large) colnames(getME(fit, "Z")),
             column_sums = if (!large) unname(Matrix::colSums(getME(fit, "Z"))))
  ))
  if (!large) {
    # Conditional variance of the first group of the first factor.
    v <- attr(ranef(fit, condVar = TRUE)[[1]], "postVar")
    out$condvar <- if (!is.list(v)) v[, , 1]
    # lmerTest's own numeric derivatives, and the hat matrix by lme4.
    table <- coef(summary(test))
    out$ddf <- unname(table[, "df"])
    out$p_value <- unname(table[, "Pr(>|t|)"])
    first <- seq_len(min(nobs(fit), 60))
    out$leverage <- unname(hatvalues(fit)[first])
    out$cooks_distance <- unname(cooks.distance(fit)[first])
    out$studentised <- unname(rstudent(fit)[first])
    out$pearson <- unname(residuals(fit, "pearson")[first])
    out$response <- unname(residuals(fit, "response")[first])
  }
  out
}

fits <- list()
for (model in models) for (reml in c(TRUE, FALSE)) {
  cat(model$data, model$formula, if (reml) "REML" else "ML", "\n")
  fits[[length(fits) + 1]] <- record(model, reml)
}
# A factor left of ||: flat along one direction of theta, so the criterion only.
double_bar <- list(data = "cake", formula = "angle ~ temp + (recipe || replicate)")
double_bar$criterion <- unname(REMLcrit(suppressMessages(suppressWarnings(
  lmer(as.formula(double_bar$formula), data_sets$cake, control = tight)))))
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
  lmerTest = as.character(packageVersion("lmerTest")),
  tolerance = "Nelder-Mead, xtol 1e-12, ftol_abs 1e-15",
  unbalanced_leaves_out = left_out,
  days2_noise = days2_noise,
  profile = profiles, anova = as.data.frame(compared), predict = predicted,
  data_sets = list(weighted = weighted, crossed = crossed),
  double_bar = double_bar,
  fits = fits,
  lm = list(fixef = as.list(coef(linear)), sigma = sigma(linear),
            se = as.list(sqrt(diag(vcov(linear)))), deviance = -2 * as.numeric(logLik(linear)),
            aic = AIC(linear), bic = BIC(linear))
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), null = "null", na = "null",
               dataframe = "columns", pretty = TRUE)
writeLines(json, "tests/reference/lme4.json")
