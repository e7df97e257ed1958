# Writes tests/reference/exercises_week02c.json: what R and lme4 say to the questions of
# the exercises 2.11.  Run from the top of the repository; it takes a minute:
#   Rscript tests/reference/exercises_week02c.R
# Needs R with lme4 and jsonlite.

suppressMessages({ library(lme4); library(jsonlite) })

read <- function(name, ...) {
  table <- read.csv(file.path("mlm", "datasets", paste0(name, ".csv")))
  for (column in c(...)) table[[column]] <- factor(table[[column]])
  table
}
sleepstudy <- read("sleepstudy", "Subject")
dyestuff <- read("dyestuff", "Batch")

# 2.11b: generalised least squares for sixteen subjects, from their covariance matrix.
X <- cbind(1, 0:4)
V <- X %*% diag(c(25^2, 6^2)) %*% t(X) + 25^2 * diag(5)
error <- function(V) sqrt(solve(16 * t(X) %*% solve(V, X))[2, 2])
endless <- X %*% diag(c(25^2, 6^2)) %*% t(X) + 1e-6 * diag(5)
# 2.11c: one t test of the slopes of single lines.
sd_fitted <- sqrt(6^2 + 25^2 / sum((0:9 - 4.5)^2))
needed <- power.t.test(
  delta = 4, sd = sd_fitted, power = 0.8, type = "one.sample", strict = TRUE
)$n
# 2.11d: t² of (1 | Subject) is a ratio of sums of χ²; integrated, and simulated.
days <- 0:19
line <- sum((days - mean(days))^2) * 6^2 + 25^2
df <- 10 * 19 - 1
beyond <- function(noise) {
  integrate(function(lines) {
    square <- qt(0.975, df)^2 * (line * lines + 25^2 * noise) / df / line
    pchisq(square, 1, lower.tail = FALSE) * dchisq(lines, 9)
  }, 0, 100, rel.tol = 1e-10)$value
}
rejected <- integrate(
  function(noise) sapply(noise, beyond) * dchisq(noise, 180), 60, 400, rel.tol = 1e-9
)$value
set.seed(1)
study <- expand.grid(Days = days, Subject = factor(1:10))
subject <- as.integer(study$Subject)
draw <- function() {
  250 + rnorm(10, 0, 25)[subject] + rnorm(10, 0, 6)[subject] * study$Days +
    rnorm(200, 0, 25)
}
flat <- lmer(y ~ Days + (1 | Subject), transform(study, y = draw()))
statistic <- replicate(2000, {
  fit <- refit(flat, draw())
  fixef(fit)[["Days"]] / sqrt(vcov(fit)["Days", "Days"])
})
# 2.11e: the best number of trials, found by search.
people <- lmer(Reaction ~ 1 + (1 | Subject), sleepstudy)
tau <- attr(VarCorr(people)$Subject, "stddev")[[1]]
variance <- function(n) (20 + n) * (tau^2 + sigma(people)^2 / n)
# 2.11f: -2 log likelihood by sums of squares, as a function of the standard deviations.
batches <- lmer(Yield ~ 1 + (1 | Batch), dyestuff)
table <- anova(lm(Yield ~ Batch, dyestuff))
between <- table["Batch", "Sum Sq"]
within <- table["Residuals", "Sum Sq"]
deviance <- function(sd, residual) {
  k <- residual^2 + 5 * sd^2
  24 * log(residual^2) + 6 * log(k) + within / residual^2 + between / k
}
at_best <- function(sd) {
  optimise(function(residual) deviance(sd, residual), c(20, 200), tol = 1e-10)$objective
}
best <- optimise(at_best, c(1, 200), tol = 1e-10)
lower <- uniroot(
  function(sd) at_best(sd) - best$objective - qchisq(0.95, 1), c(0, best$minimum),
  tol = 1e-12
)$root
boot <- bootMer(
  batches, function(fit) attr(VarCorr(fit)$Batch, "stddev")[[1]], nsim = 4000, seed = 1
)$t[, 1]
lme4_profile <- suppressMessages(confint(batches, "theta_", quiet = TRUE))

out <- list(
  made_by = "Rscript tests/reference/exercises_week02c.R",
  R = R.version.string,
  lme4 = as.character(packageVersion("lme4")),
  answers = list(
    "2.11b" = c(error(V), error(endless)),
    "2.11c" = ceiling(needed),
    "2.11d" = rejected,
    "2.11e" = optimise(variance, c(1, 50), tol = 1e-12)$minimum,
    "2.11f" = c(lower, quantile(boot, 0.025)[[1]], mean(boot < 1e-3))
  ),
  simulated = list(
    "2.11d" = mean(abs(statistic) > qt(0.975, df)),
    "profile" = lme4_profile[".sig01", ]
  )
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), pretty = TRUE)
writeLines(json, "tests/reference/exercises_week02c.json")
