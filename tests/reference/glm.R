# What R's glm says of 18 models: `Rscript tests/reference/glm.R`, run in any folder.
# It needs R with jsonlite.
#
# Data ship with R (package datasets), but for the last:
# - warpbreaks: Tippett (1950); breaks of yarn by wool and tension.
# - esoph: Breslow & Day (1980); cases and controls by age, alcohol and tobacco.
# - infert: Trichopoulos et al. (1976); secondary infertility.
# - mtcars: Henderson & Velleman (1981); am, weight, horsepower.
# - InsectSprays: Beall (1942); counts of insects.
# - budworm: Collett (1991, p. 75); deaths of moths at six doses, typed here in full.
# The tables are written with the results, so that the tests need no R.
suppressMessages(library(jsonlite))

esoph_plain <- transform(esoph, agegp = as.integer(agegp), alcgp = as.integer(alcgp),
                         tobgp = as.integer(tobgp))
esoph_plain <- esoph_plain[esoph_plain$ncases + esoph_plain$ncontrols > 0, ]
esoph_plain$n <- esoph_plain$ncases + esoph_plain$ncontrols
esoph_plain$share <- esoph_plain$ncases / esoph_plain$n
rownames(esoph_plain) <- NULL
breaks <- transform(warpbreaks, size = rep(c(1, 2, 1.5), 18), w = rep(1:3, each = 18),
                    wool = as.character(wool), tension = as.character(tension))
cars <- mtcars[c("mpg", "wt", "hp", "am", "qsec")]
rownames(cars) <- NULL
cars$w <- rep(c(1, 2, 3, 1), 8)
cars$o <- (cars$hp - 150) / 500
infertile <- infert[c("case", "age", "parity", "induced", "spontaneous")]
sprays <- transform(InsectSprays, spray = as.character(spray))
budworm <- data.frame(dose = rep(0:5, 2), sex = rep(c("male", "female"), each = 6),
                      dead = c(1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16), n = 20)
data <- list(esoph = esoph_plain, breaks = breaks, cars = cars, infertile = infertile,
             sprays = sprays, budworm = budworm)

models <- list(
  list("bernoulli logit", "infertile", "case ~ age + parity + induced + spontaneous",
       "binomial", "logit"),
  list("bernoulli probit", "cars", "am ~ wt", "binomial", "probit"),
  list("bernoulli cloglog", "infertile", "case ~ parity + spontaneous", "binomial",
       "cloglog"),
  list("bernoulli offset", "cars", "am ~ wt", "binomial", "logit", NULL, "o"),
  list("counts logit", "budworm", "cbind(dead, n - dead) ~ sex * dose", "binomial",
       "logit"),
  list("counts probit", "budworm", "cbind(dead, n - dead) ~ sex + dose", "binomial",
       "probit"),
  list("counts cloglog", "esoph", "cbind(ncases, ncontrols) ~ agegp + alcgp + tobgp",
       "binomial", "cloglog"),
  list("counts log", "esoph", "cbind(ncases, ncontrols) ~ alcgp", "binomial", "log"),
  list("proportion logit", "esoph", "share ~ agegp + alcgp", "binomial", "logit", "n"),
  list("proportion no intercept", "esoph", "share ~ 0 + alcgp + tobgp", "binomial",
       "logit", "n"),
  list("poisson log", "breaks", "breaks ~ wool * tension", "poisson", "log"),
  list("poisson offset", "breaks", "breaks ~ wool + tension", "poisson", "log", NULL,
       "size"),
  list("poisson weights", "breaks", "breaks ~ wool + tension", "poisson", "log", "w"),
  list("poisson identity", "sprays", "count ~ spray", "poisson", "identity"),
  list("poisson zeros", "sprays", "count ~ spray", "poisson", "log"),
  list("gaussian identity", "cars", "mpg ~ wt + hp", "gaussian", "identity", "w"),
  list("gaussian log", "cars", "mpg ~ wt + hp", "gaussian", "log"),
  list("gaussian log offset", "cars", "mpg ~ wt", "gaussian", "log", "w", "o")
)

# Where the deviance, over the dispersion if one is estimated, has risen by the quantile
# of chi-squared, 90 %, with one coefficient held: by root finding, for each side of each.
ends <- function(fit, table) {
  X <- model.matrix(fit)
  dispersion <- summary(fit)$dispersion
  known <- coef(summary(fit))
  limit <- qnorm(0.95)
  of_one <- function(j) {
    zeta <- function(t) {
      held <- glm.fit(X[, -j, drop = FALSE], fit$y, weights = fit$prior.weights,
                      offset = table$.o + t * X[, j], family = fit$family,
                      start = coef(fit)[-j], intercept = FALSE,
                      control = glm.control(epsilon = 1e-15, maxit = 200))
      sqrt(max(held$deviance - deviance(fit), 0) / dispersion) - limit
    }
    sapply(c(-1, 1), function(side) {
      reach <- known[j, 1] + side * known[j, 2] * c(0.3, 4)
      uniroot(zeta, sort(reach), tol = 1e-10 * known[j, 2])$root
    })
  }
  unname(t(sapply(seq_len(ncol(X)), of_one)))
}
PROFILED <- c("bernoulli logit", "counts probit", "counts logit", "counts cloglog",
              "proportion logit", "poisson log", "poisson offset", "poisson weights",
              "gaussian identity", "gaussian log", "gaussian log offset")

ask <- function(model) {
  table <- data[[model[[2]]]]
  weights <- if (length(model) > 5) model[[6]]
  offset <- if (length(model) > 6) model[[7]]
  table$.w <- if (is.null(weights)) rep(1, nrow(table)) else table[[weights]]
  table$.o <- if (is.null(offset)) rep(0, nrow(table)) else table[[offset]]
  family <- get(model[[4]])(model[[5]])
  control <- glm.control(epsilon = 1e-15, maxit = 200)
  start <- if (model[[1]] == "counts log") c(-4, 0.5)
  formula <- as.formula(model[[3]])
  environment(formula) <- environment()
  arguments <- list(formula, family, table, control = control, start = start)
  if (!is.null(weights)) arguments$weights <- table$.w
  if (!is.null(offset)) arguments$offset <- table$.o
  fit <- suppressWarnings(do.call(glm, arguments))
  kinds <- c("deviance", "pearson", "response", "working")
  residuals <- lapply(setNames(kinds, kinds), function(kind)
    unname(residuals(fit, type = kind)))
  table_of <- coef(summary(fit))
  link <- predict(fit, se.fit = TRUE)
  response <- predict(fit, type = "response", se.fit = TRUE)
  list(
    data = model[[2]], formula = model[[3]], family = model[[4]], link = model[[5]],
    weights = weights, offset = offset, names = names(coef(fit)),
    fixef = unname(coef(fit)), se = unname(table_of[, 2]), p = unname(table_of[, 4]),
    deviance = deviance(fit), null_deviance = fit$null.deviance, aic = AIC(fit),
    bic = BIC(fit), loglik = as.numeric(logLik(fit)), df_null = fit$df.null,
    df_residual = fit$df.residual, residuals = residuals, fitted = unname(fitted(fit)),
    pearson_dispersion = sum(residuals$pearson^2) / fit$df.residual,
    link_fit = unname(link$fit), link_se = unname(link$se.fit),
    response_fit = unname(response$fit), response_se = unname(response$se.fit),
    ends = if (model[[1]] %in% PROFILED) suppressWarnings(ends(fit, table)),
    hat = unname(hatvalues(fit)), cooks = unname(cooks.distance(fit))
  )
}

results <- lapply(models, ask)
names(results) <- sapply(models, `[[`, 1)
arguments <- commandArgs(FALSE)
script <- sub("^--file=", "", grep("^--file=", arguments, value = TRUE))
write_json(list(r = R.version.string, data = data, models = results),
           file.path(dirname(script), "glm.json"), digits = I(12), auto_unbox = TRUE,
           dataframe = "columns", null = "null", na = "null")
