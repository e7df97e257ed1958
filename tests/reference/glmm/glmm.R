# Reference values for generalised linear mixed models, from lme4.
#
# For every case: glmer's own fit with its defaults, and the same criterion polished to
# a stationary point (PIRLS to 1e-13, several optimisers in turn, then Newton steps with
# numDeriv's derivatives).  Writes fits/*.json, glmm.json and data/*.csv next to it.  A fit
# that has its file is kept.
#
#     Rscript glmm.R            all cases
#     Rscript glmm.R cbpp_1     one case, printed
#
# Data sets and licences: lme4 (GPL >= 2), mlmRev (GPL >= 2), MASS (GPL-2 | GPL-3),
# HSAUR3 (GPL-2), glmmTMB (AGPL-3); all are published data that these packages carry.

suppressPackageStartupMessages({
  library(lme4); library(numDeriv); library(jsonlite)
})
`%||%` <- function(a, b) if (is.null(a)) b else a
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1]))

get_data <- function(name, package) {
  env <- new.env()
  data(list = name, package = package, envir = env)
  env[[name]]
}

# ---- data -----------------------------------------------------------------------------
frames <- list(
  cbpp = function() transform(get_data("cbpp", "lme4"), obs = factor(seq_len(56)),
                              proportion = incidence / size),
  grouseticks = function() {
    d <- get_data("grouseticks", "lme4")
    transform(d, cHEIGHT = (HEIGHT - mean(HEIGHT)) / 100)
  },
  VerbAgg = function() transform(get_data("VerbAgg", "lme4"), yes = as.integer(r2 == "Y")),
  Contraception = function()
    transform(get_data("Contraception", "mlmRev"), yes = as.integer(use == "Y"),
              age10 = age / 10, ch = factor(livch != "0", labels = c("N", "Y"))),
  toenail = function() transform(get_data("toenail", "HSAUR3"),
                                 severe = as.integer(outcome == "moderate or severe")),
  epil = function() transform(get_data("epil", "MASS"), obs = factor(seq_len(236)),
                              visit = (2 * period - 5) / 10),
  Mmmec = function() transform(get_data("Mmmec", "mlmRev"), logexp = log(expected)),
  bacteria = function() transform(get_data("bacteria", "MASS"), yes = as.integer(y == "y"),
                                  late = as.integer(week > 2)),
  Arabidopsis = function() {
    d <- get_data("Arabidopsis", "lme4")
    d$nutrient <- factor(d$nutrient); d$rack <- factor(d$rack)
    d
  },
  guImmun = function() transform(get_data("guImmun", "mlmRev"),
                                 yes = as.integer(immun == "Y"))
)
source_of <- c(cbpp = "lme4", grouseticks = "lme4", VerbAgg = "lme4",
  Contraception = "mlmRev", toenail = "HSAUR3", epil = "MASS", Mmmec = "mlmRev",
  bacteria = "MASS", Arabidopsis = "lme4", guImmun = "mlmRev")

# ---- cases: data, formula, family, nAGQ, arguments ---------------------------------------
case <- function(data, formula, family = binomial(), nAGQ = 1, ...)
  list(data = data, formula = formula, family = family, nAGQ = nAGQ, more = list(...))
herd <- cbind(incidence, size - incidence) ~ period + (1 | herd)
nail <- severe ~ treatment * time + (1 | patientID)
cases <- list(
  cbpp_0 = case("cbpp", herd, nAGQ = 0),
  cbpp_1 = case("cbpp", herd),
  cbpp_9 = case("cbpp", herd, nAGQ = 9),
  cbpp_25 = case("cbpp", herd, nAGQ = 25),
  cbpp_weights = case("cbpp", proportion ~ period + (1 | herd), weights = "size"),
  cbpp_probit = case("cbpp", herd, binomial("probit")),
  cbpp_cloglog = case("cbpp", herd, binomial("cloglog")),
  cbpp_olre = case("cbpp", cbind(incidence, size - incidence) ~ period + (1 | herd) + (1 | obs)),
  grouseticks = case("grouseticks",
    TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION), poisson()),
  grouseticks_brood = case("grouseticks",
    TICKS ~ YEAR + cHEIGHT + (1 | BROOD), poisson(), nAGQ = 15),
  verbagg = case("VerbAgg", yes ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)),
  verbagg_slope = case("VerbAgg",
    yes ~ Anger + Gender + btype + situ + mode + (1 + mode | id) + (1 | item)),
  contraception = case("Contraception",
    yes ~ age10 + I(age10^2) + urban + livch + (1 | district)),
  contraception_slope = case("Contraception",
    yes ~ age10 + I(age10^2) + urban + ch + (1 + urban | district)),
  contraception_20 = case("Contraception",
    yes ~ age10 + I(age10^2) + urban + livch + (1 | district), nAGQ = 20),
  toenail_1 = case("toenail", nail),
  toenail_20 = case("toenail", nail, nAGQ = 20),
  epil = case("epil", y ~ log(base / 4) * trt + log(age) + V4 + (1 | subject), poisson()),
  epil_slope = case("epil", y ~ log(base / 4) * trt + log(age) + visit + (visit | subject),
                    poisson()),
  epil_olre = case("epil", y ~ log(base / 4) * trt + log(age) + visit + (1 | subject) + (1 | obs),
                   poisson()),
  mmmec = case("Mmmec", deaths ~ uvb + offset(logexp) + (1 | region), poisson()),
  mmmec_nested = case("Mmmec", deaths ~ uvb + offset(logexp) + (1 | nation / region), poisson()),
  bacteria = case("bacteria", yes ~ trt + late + (1 | ID)),
  arabidopsis = case("Arabidopsis",
    total.fruits ~ nutrient * amd + rack + status + (1 | popu) + (nutrient | gen), poisson()),
  guimmun = case("guImmun", yes ~ kid2p + momEd + rural + pcInd81 + (1 | comm) + (1 | mom))
)

read_starts <- function(file) if (file.exists(file)) fromJSON(file) else list()
starts <- read_starts(file.path(here, "start.json"))

# ---- a polished fit ----------------------------------------------------------------------
pirls <- list(tolPwrss = 1e-13, compDev = TRUE)
newton <- function(f, x, steps = 4) {
  # Steps of Newton with numerical derivatives, taken where they go down.
  for (i in seq_len(steps)) {
    g <- grad(f, x); H <- hessian(f, x)
    e <- eigen(H, symmetric = TRUE)
    d <- -as.vector(e$vectors %*% (crossprod(e$vectors, g) / pmax(abs(e$values), 1e-8)))
    if (sum(abs(g * d)) < 1e-13) break
    if (!is.finite(f(x + d)) || f(x + d) > f(x) + 1e-11) break
    x <- x + d
  }
  x
}
differences <- function(f, x, h = 1e-3) {
  # Second differences: what numDeriv does with fewer evaluations.
  m <- length(x); H <- matrix(0, m, m); at <- function(i, a, j, b) {
    z <- x; z[i] <- z[i] + a * h; z[j] <- z[j] + b * h; f(z) }
  for (i in seq_len(m)) for (j in seq_len(i))
    H[i, j] <- H[j, i] <- (at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * h^2)
  H
}
fit_case <- function(one, name) {
  frame <- frames[[one$data]]()
  args <- list(formula = one$formula, data = frame, family = one$family, nAGQ = one$nAGQ)
  if (!is.null(one$more$weights)) args$weights <- frame[[one$more$weights]]
  warned <- character()
  elapsed <- system.time(default <- withCallingHandlers(
    do.call(glmer, args),
    warning = function(w) { warned <<- c(warned, conditionMessage(w)); invokeRestart("muffleWarning") },
    message = function(m) { warned <<- c(warned, conditionMessage(m)); invokeRestart("muffleMessage") }
  ))[["elapsed"]]
  # The same criterion with a tight inner loop.
  parse <- args; parse$nAGQ <- NULL
  glmod <- suppressMessages(suppressWarnings(do.call(glFormula, parse)))
  control <- glmerControl(tolPwrss = 1e-13)
  devfun <- do.call(mkGlmerDevfun, c(glmod, list(verbose = 0, control = control)))
  if (one$nAGQ > 0)
    devfun <- updateGlmerDevfun(devfun, glmod$reTrms, nAGQ = one$nAGQ)
  lower <- environment(devfun)$lower
  f <- function(x) tryCatch(devfun(x), error = function(e) 1e10)
  x <- if (one$nAGQ > 0) c(getME(default, "theta"), fixef(default)) else getME(default, "theta")
  scale <- if (one$nAGQ > 0) c(rep(1, length(lower) - length(fixef(default))), pmax(sqrt(diag(as.matrix(vcov(default, use.hessian = FALSE)))), 1e-6)) else rep(1, length(x))
  low <- if (length(lower) == length(x)) lower else c(glmod$reTrms$lower, rep(-Inf, length(x) - length(glmod$reTrms$lower)))
  # A candidate of another engine (start.json), judged by lme4's criterion like any other.
  other <- starts[[name]]
  if (!is.null(other)) {
    other <- c(other$theta, if (one$nAGQ > 0) other$beta)
    if (f(other) < f(x)) x <- other
  }
  big <- nobs(default) > 1500                      # seconds per evaluation: fewer rounds
  settled <- big && max(abs(grad(function(z) f(z * scale), x / scale, method = "simple",
                                 method.args = list(eps = 1e-5)))) < (if (is.null(other)) 1e-5 else 3e-2)
  for (round in seq_len(if (settled) 0 else if (big) 1 else 3)) {
    fs <- function(z) f(z * scale)
    o <- nlminb(x / scale, fs, lower = low / scale,
                control = list(rel.tol = 1e-14, x.tol = 1e-12, eval.max = 4000, iter.max = 2000))
    if (o$objective <= f(x)) x <- o$par * scale
    if (!big) o <- minqa::bobyqa(x / scale, fs, lower = low / scale,
                       control = list(rhobeg = 0.02, rhoend = 1e-8, maxfun = 20000))
    if (!big && o$fval <= f(x)) x <- o$par * scale
  }
  inside <- all(x[low == 0] > 1e-4)
  if (inside && !big) x <- newton(function(z) f(z * scale), x / scale) * scale
  value <- f(x)
  g <- if (inside) grad(function(z) f(z * scale), x / scale, method = "Richardson",
                        method.args = list(r = if (big) 2 else 4)) else NA
  H <- if (inside && nobs(default) < 5000) (if (big) differences else hessian)(function(z) f(z * scale), x / scale) / outer(scale, scale) else NULL
  gap <- f(if (one$nAGQ > 0) c(getME(default, "theta"), fixef(default)) else getME(default, "theta")) - value
  # The fitted object shares memory with devfun: made last, after the last call of it.
  devfun(x)
  opt <- list(par = x, fval = value, conv = 0, message = "polished")
  fit <- mkMerMod(environment(devfun), opt, glmod$reTrms, fr = glmod$fr)
  m <- length(getME(fit, "theta")); p <- length(fixef(fit))
  se_hessian <- if (!is.null(H) && one$nAGQ > 0) sqrt(diag(2 * solve(H)))[-seq_len(m)] else NA
  re <- ranef(fit, condVar = TRUE)
  heads <- lapply(re, function(t) list(
    levels = head(rownames(t), 5), columns = colnames(t), modes = as.matrix(head(t, 5)),
    variances = { v <- attr(t, "postVar"); if (is.list(v)) v <- v[[1]]
                  lapply(seq_len(min(3, dim(v)[3])), function(j) matrix(v[, , j], dim(v)[1])) }))
  list(
    data = one$data, package = source_of[[one$data]],
    formula = paste(deparse(one$formula, width.cutoff = 500), collapse = " "),
    family = one$family$family, link = one$family$link, nAGQ = one$nAGQ,
    weights = one$more$weights, n = nobs(fit), groups = as.list(sapply(re, nrow)),
    criterion = value,                      # what lme4 minimises
    deviance = deviance(fit), loglik = as.numeric(logLik(fit)), aic = AIC(fit), bic = BIC(fit),
    df = attr(logLik(fit), "df"), minus2loglik = -2 * as.numeric(logLik(fit)),
    theta = as.list(getME(fit, "theta")), beta = as.list(fixef(fit)),
    se_rx = as.list(setNames(sqrt(diag(as.matrix(vcov(fit, use.hessian = FALSE)))), names(fixef(fit)))),
    se_hessian = if (all(is.na(se_hessian))) NULL else as.list(setNames(se_hessian, names(fixef(fit)))),
    hessian = H, largest_gradient = if (inside) max(abs(g)) else NULL,
    ranef = heads, fitted = as.vector(head(fitted(fit), 6)), eta = as.vector(head(predict(fit), 6)),
    residuals = list(deviance = as.vector(head(residuals(fit, "deviance"), 6)),
                     pearson = as.vector(head(residuals(fit, "pearson"), 6))),
    default = list(criterion_gap = gap,
                   reported = as.numeric(-2 * logLik(default)),
                   theta = as.list(getME(default, "theta")), beta = as.list(fixef(default)),
                   se = as.list(setNames(sqrt(diag(as.matrix(vcov(default)))), names(fixef(default)))),
                   seconds = elapsed, said = unique(warned))
  )
}

# ---- write -------------------------------------------------------------------------------
wanted <- commandArgs(TRUE)
if (length(wanted)) {
  for (name in wanted) {
    found <- fit_case(cases[[name]], name)
    cat(toJSON(found[c("criterion", "minus2loglik", "theta", "beta", "se_rx", "se_hessian", "largest_gradient", "default")],
               digits = I(12), auto_unbox = TRUE, pretty = TRUE), "\n")
  }
  quit(status = 0)
}
versions <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                 Matrix = as.character(packageVersion("Matrix")))
out <- list()
for (name in names(cases)) {
  one <- cases[[name]]
  csv <- file.path(here, "data", paste0(one$data, ".csv"))
  if (!file.exists(csv)) write.csv(frames[[one$data]](), csv, row.names = FALSE)
  cat(format(Sys.time(), "%H:%M:%S"), name, "")
  kept <- file.path(here, "fits", paste0(name, ".json"))
  dir.create(dirname(kept), showWarnings = FALSE)
  if (!file.exists(kept)) {
    found <- tryCatch(fit_case(one, name), error = function(e) list(error = conditionMessage(e)))
    write(toJSON(found, digits = I(14), auto_unbox = TRUE, pretty = TRUE, null = "null"), kept)
  }
  found <- fromJSON(kept, simplifyVector = FALSE)
  cat(sprintf("%.8f gap %.1e grad %.0e\n", found$criterion %||% NA, found$default$criterion_gap %||% NA,
              found$largest_gradient %||% NA), found$error, "\n")
  out[[name]] <- found
  write(toJSON(list(versions = versions, fits = out), digits = I(14),
               auto_unbox = TRUE, pretty = TRUE, null = "null"), file.path(here, "glmm.json"))
}
