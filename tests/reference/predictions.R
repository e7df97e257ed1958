# Writes tests/reference/predictions.json: standard errors and intervals of predictions
# by R's predict.lm and predict.glm, by glmmTMB (whose standard errors allow for the
# variances' being estimated, too), and by merTools.  Run from the top of the repository:
#   Rscript tests/reference/predictions.R
# Needs R with lme4, glmmTMB, merTools and jsonlite.
suppressMessages({
  library(lme4); library(glmmTMB); library(merTools); library(jsonlite)
})
sleepstudy <- read.csv(Sys.glob("mlm/datasets/sleepstudy.csv*"))
sleepstudy$Subject <- factor(sleepstudy$Subject)
sleepstudy$w <- 1 + (seq_len(180) %% 4)
new <- data.frame(Days = c(0, 4, 12), w = c(1, 2, 4))
breaks <- transform(warpbreaks, wool = factor(wool), tension = factor(as.character(tension)))

out <- list()
line <- lm(Reaction ~ Days, sleepstudy, weights = w)
for (kind in c("confidence", "prediction"))
  out[[kind]] <- unclass(suppressWarnings(
    predict(line, new, interval = kind, level = .9, weights = new$w)))
counts <- glm(breaks ~ wool + tension, poisson, breaks)
out$glm <- lapply(c(link = "link", response = "response"), function(type)
  unname(predict(counts, breaks[c(1, 20, 40), ], type = type, se.fit = TRUE)$se.fit))

cbpp <- read.csv("tests/reference/glmm/data/cbpp.csv")
cbpp$period <- factor(cbpp$period); cbpp$herd <- factor(cbpp$herd)
herds <- glmmTMB(cbind(incidence, size - incidence) ~ period + (1 | herd), binomial, data = cbpp)
sleep <- glmmTMB(Reaction ~ Days + (Days | Subject), data = sleepstudy, REML = TRUE)
out$glmmTMB <- lapply(list(cbpp = herds, sleep = sleep), function(fit)
  list(fitted = unname(predict(fit, se.fit = TRUE)$se.fit),
       average = unname(predict(fit, re.form = NA, se.fit = TRUE)$se.fit)))

fit <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
out$merTools <- list(
  new = predictInterval(fit, sleepstudy[c(1, 55, 180), ], level = .95, n.sims = 50000,
                        stat = "mean", include.resid.var = TRUE, seed = 1),
  mean = predictInterval(fit, sleepstudy[c(1, 55, 180), ], level = .95, n.sims = 50000,
                         stat = "mean", include.resid.var = FALSE, seed = 1))
write(toJSON(out, digits = 10, auto_unbox = TRUE), "tests/reference/predictions.json")
