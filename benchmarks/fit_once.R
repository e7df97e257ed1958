# Times a package of R on one case, for benchmarks/compare.py:
#   Rscript fit_once.R PACKAGE FILE FORMULA FAMILY TRIALS NODES REPEATS
# TRIALS is a column, or "-".  Prints a line of JSON as fit_once.py does.  The first fit,
# of data that lme4 has, warms up.
suppressMessages(library(lme4))
arguments <- commandArgs(trailingOnly = TRUE)
package <- arguments[1]
family <- arguments[4]
door <- if (package == "lme4") if (family == "gaussian") "lmer" else "glmer" else package
door <- getExportedValue(package, door)
data <- read.csv(arguments[2])
formula <- as.formula(arguments[3])
for (name in unique(unlist(lapply(findbars(formula), function(bar) all.vars(bar[[3]]))))) {
  data[[name]] <- factor(data[[name]])
}
more <- list()
if (family != "gaussian") more$family <- family
if (arguments[5] != "-") more$weights <- as.name(arguments[5])
if (arguments[6] != "1") more$nAGQ <- as.integer(arguments[6])
quietly <- function(...) {
  fit <- as.call(c(quote(door), list(...)))
  suppressMessages(suppressWarnings(eval(fit)))
}
warm_up <- if (family == "gaussian") {
  quietly(Reaction ~ Days + (Days | Subject), quote(sleepstudy))
} else {
  herds <- cbind(incidence, size - incidence) ~ period + (1 | herd)
  quietly(herds, quote(cbpp), family = "binomial")
}
seconds <- c()
for (i in seq_len(as.integer(arguments[7]))) {
  now <- as.numeric(Sys.time())
  fit <- do.call(quietly, c(formula, quote(data), more), quote = TRUE)
  seconds <- c(seconds, as.numeric(Sys.time()) - now)
  if (tail(seconds, 1) > 5) break
}
if (package == "lme4") {
  theta <- getME(fit, "theta")
  beta <- fixef(fit)
} else {
  factors <- lapply(glmmTMB::VarCorr(fit)$cond, function(V) t(chol(V)))
  theta <- unlist(lapply(factors, function(L) L[lower.tri(L, diag = TRUE)]))
  beta <- glmmTMB::fixef(fit)$cond
}
list_of <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
cat(sprintf('{"version": "%s", "seconds": %s, "theta": %s, "beta": %s}\n',
            packageVersion(package), list_of(seconds), list_of(theta), list_of(beta)))
