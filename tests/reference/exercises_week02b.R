# Writes tests/reference/exercises_week02b.json: what R and lme4 say to the questions of
# the exercises 2.7 to 2.10.  Run from the top of the repository:
#   Rscript tests/reference/exercises_week02b.R
# Needs R with lme4 and jsonlite.  Every fit is polished to a tight optimum, as in
# tests/reference/lme4.R.

suppressMessages({ library(lme4); library(jsonlite) })

tight <- lmerControl(
  optimizer = "nloptwrap",
  optCtrl = list(algorithm = "NLOPT_LN_NELDERMEAD", xtol_abs = 1e-12, xtol_rel = 1e-12,
                 ftol_abs = 1e-15, ftol_rel = 0, maxeval = 1e5)
)
fit <- function(formula, data, ...) lmer(formula, data, control = tight, ...)
read <- function(name, ...) {
  table <- read.csv(file.path("mlm", "datasets", paste0(name, ".csv")))
  for (column in c(...)) table[[column]] <- factor(table[[column]])
  table
}
sd_of <- function(fit, group) attr(VarCorr(fit)[[group]], "stddev")[[1]]

sleepstudy <- read("sleepstudy", "Subject")
radon <- read("radon", "county")
dyestuff <- read("dyestuff", "Batch")
penicillin <- read("penicillin", "plate", "sample")
cake <- read("cake", "replicate", "recipe")
parallel <- fit(Reaction ~ Days + (1 | Subject), sleepstudy)
lines <- fit(Reaction ~ Days + (Days | Subject), sleepstudy)
houses <- fit(log_radon ~ 1 + (1 | county), radon)
ground <- fit(log_radon ~ floor + log_uranium + (1 | county), radon)
batches <- fit(Yield ~ 1 + (1 | Batch), dyestuff)
plates <- fit(diameter ~ 1 + (1 | plate) + (1 | sample), penicillin)
cakes <- fit(angle ~ recipe + temp + (1 | replicate) + (1 | recipe:replicate), cake)

# 2.7a: one person's days alone.
own_335 <- lm(Reaction ~ Days, subset(sleepstudy, Subject == "335"))
# 2.7b and c: own means and partially pooled ones.
own <- tapply(radon$log_radon, radon$county, mean)
pooled <- coef(houses)$county[names(own), 1]
names(pooled) <- names(own)
mu <- fixef(houses)[[1]]
share <- (pooled - mu) / (own - mu)
# 2.7e: who is slow on day 4 has no later days.
day_4 <- subset(sleepstudy, Days == 4)
slow <- day_4$Subject[day_4$Reaction > median(day_4$Reaction)]
rest <- subset(sleepstudy, !(Subject %in% slow & Days > 4))
pooled_rest <- fit(Reaction ~ Days + (Days | Subject), rest)
# 2.7f: how much an added unit in a county's mean moves the estimate of the mean of all.
V <- sigma(houses)^2 * (tcrossprod(as.matrix(getME(houses, "Z") %*% getME(houses, "Lambda")))
                        + diag(nrow(radon)))
per_house <- solve(V, rep(1, nrow(radon)))
per_county <- tapply(per_house, radon$county, sum)
# 2.8a: penalised least squares for two people, theta = 2.
y <- c(20, 29, 32, 39, 33, 33, 35, 39)
day <- rep(0:3, 2)
Z <- 2 * cbind(rep(1:0, each = 4), rep(0:1, each = 4))
M <- rbind(cbind(Z, 1, day), cbind(diag(2), 0, 0))
toy <- lm.fit(M, c(y, 0, 0))$coefficients
# 2.9b and c: by ML, and minus two log likelihood at the estimates of REML.
by_ml <- fit(Yield ~ 1 + (1 | Batch), dyestuff, REML = FALSE)
V_batches <- sigma(batches)^2 *
  (tcrossprod(as.matrix(getME(batches, "Z") %*% getME(batches, "Lambda"))) + diag(30))
r <- dyestuff$Yield - fixef(batches)
log_density <- -0.5 * (as.numeric(determinant(V_batches)$modulus)
                       + sum(r * solve(V_batches, r)) + 30 * log(2 * pi))
# 2.9e: hours for days, in a model with a square.
square <- function(data) {
  REMLcrit(fit(Reaction ~ Days + I(Days^2) + (1 | Subject), data))
}
hours <- transform(sleepstudy, Days = 24 * Days)
# 2.9f: the criterion as a function of theta.
criterion <- lmer(Yield ~ 1 + (1 | Batch), dyestuff, devFunOnly = TRUE)
above <- function(theta) criterion(theta) - REMLcrit(batches) - qchisq(0.95, 1)
end <- function(...) uniroot(above, c(...), tol = 1e-13)$root
best <- getME(batches, "theta")[[1]]
# 2.10b and d.
Sigma <- VarCorr(lines)$Subject
ground_sd <- sqrt(sd_of(ground, "county")^2 + sigma(ground)^2)

out <- list(
  made_by = "Rscript tests/reference/exercises_week02b.R",
  R = R.version.string, lme4 = as.character(packageVersion("lme4")),
  answers = list(
    "2.7a" = coef(own_335)[["Days"]],
    "2.7b" = share[["KOOCHICHING"]],
    "2.7c" = c(sum(own > log(4)), sum(pooled > log(4))),
    "2.7d" = 2^fixef(ground)[["log_uranium"]],
    "2.7e" = c(coef(lm(Reaction ~ Days, rest))[["Days"]], fixef(pooled_rest)[["Days"]]),
    "2.7f" = per_county[["HENNEPIN"]] / per_county[["MURRAY"]],
    "2.8a" = toy[[3]] + 2 * toy[[1]],
    "2.8b" = ceiling(sigma(ground)^2 / sd_of(ground, "county")^2),
    "2.8c" = coef(parallel)$Subject["309", "(Intercept)"],
    "2.8d" = sum(getME(lines, "u")^2),
    "2.8e" = 1 - 1 / anova(lm(Yield ~ Batch, dyestuff))["Batch", "F value"],
    "2.8f" = pf(1 / (1 + 2 * 4^2 / 10^2), 17, 18),
    "2.9a" = sd_of(parallel, "Subject"),
    "2.9b" = sd_of(by_ml, "Batch"),
    "2.9c" = -2 * log_density,
    "2.9d" = REMLcrit(plates),
    "2.9e" = square(hours) - square(sleepstudy),
    "2.9f" = c(end(0, best), end(best, 20)),
    "2.10b" = sqrt(81 * Sigma[2, 2] + 2 * sigma(lines)^2),
    "2.10d" = exp(fixef(ground)[[1]] + 1.96 * ground_sd),
    "2.10f" = c(c(10, 1) * fixef(cakes)[c("temp", "recipeB")],
                c(10, 1) * sqrt(diag(as.matrix(vcov(cakes))))[c("temp", "recipeB")])
  )
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), pretty = TRUE)
writeLines(json, "tests/reference/exercises_week02b.json")
