# Parametric bootstrap of sleepstudy's model by lme4: means and standard deviations of
# 10 000 replicates, and how many are singular; a correlation is missing where a
# standard deviation is 0.  Run from the top: it takes some minutes.
#   Rscript tests/reference/bootstrap.R
suppressPackageStartupMessages({library(lme4); library(jsonlite)})
fit <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
statistic <- function(fit) {
  found <- as.data.frame(VarCorr(fit))$sdcor
  c(found[1], found[3], found[2], found[4], fixef(fit), isSingular(fit))
}
names <- c("sd_(Intercept)|Subject", "cor_Days.(Intercept)|Subject", "sd_Days|Subject",
           "sigma", "(Intercept)", "Days")
set.seed(1)
n <- 10000
found <- bootMer(fit, statistic, nsim = n)$t
known <- list(
  R = R.version.string, lme4 = as.character(packageVersion("lme4")), n = n,
  name = names, mean = unname(colMeans(found[, 1:6], na.rm = TRUE)),
  sd = unname(apply(found[, 1:6], 2, sd, na.rm = TRUE)), singular = sum(found[, 7])
)
write(toJSON(known, auto_unbox = TRUE, digits = 7, pretty = TRUE),
      "tests/reference/bootstrap.json")
