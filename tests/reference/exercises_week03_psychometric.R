# Writes tests/reference/exercises_week03_psychometric.json: what R and lme4 say to the
# questions of the exercises 3.6, and of fits of their lecture.  Run from the top of the
# repository:
#   Rscript tests/reference/exercises_week03_psychometric.R
# Needs R with lme4 and jsonlite; it takes a minute.

suppressMessages({ library(lme4); library(jsonlite) })

staircase <- read.csv("mlm/datasets/simulated_staircase.csv")
staircase$subject <- factor(staircase$subject)

# A link of which means lie between the guess rate and one less the lapse rate.
between <- function(guess, lapse) {
  known <- 1 - guess - lapse
  inside <- function(p) pmin(pmax(p, 1e-9), 1 - 1e-9)
  structure(list(linkfun = function(mu) qlogis(inside((mu - guess) / known)),
                 linkinv = function(eta) guess + known * plogis(eta),
                 mu.eta = function(eta) known * dlogis(eta),
                 valideta = function(eta) TRUE, name = "between"),
            class = "link-glm")
}
tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13,
                      optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
mixed <- function(guess, lapse, start, nodes = 1) {
  suppressWarnings(glmer(correct ~ contrast + (1 | subject), staircase,
                         binomial(link = between(guess, lapse)), control = tight,
                         nAGQ = nodes, start = start))
}
# -2 log L of one curve for everybody, at its best from a few starts.
best <- function(curve, starts) {
  loss <- function(v) {
    p <- curve(v, staircase$contrast)
    -2 * sum(dbinom(staircase$correct, 1, p, log = TRUE))
  }
  found <- lapply(starts, function(s) {
    for (again in 1:3) {
      o <- optim(s, loss, control = list(reltol = 1e-15, maxit = 10000))
      s <- o$par
    }
    o
  })
  found[[which.min(sapply(found, `[[`, "value"))]]
}

pooled <- glm(correct ~ contrast, binomial, staircase)
guessed <- best(function(v, x) 0.5 + 0.5 * plogis(v[1] + v[2] * x), list(c(-1, 5)))
weibull <- best(function(v, x) 0.5 - 0.5 * expm1(-exp(v[1] + v[2] * log(x))),
                list(c(1, 1)))
start <- list(fixef = c(-3, 14), theta = 1.4)
lapsed <- mixed(0.5, 0.02, start)
slopes <- lapply(list(c(0.8, 0, 2), c(0.9, -1.3, 1.8)), function(theta) {
  suppressWarnings(glmer(correct ~ contrast + (contrast | subject), staircase, binomial,
                         control = tight, start = list(theta = theta)))
})
slopes <- slopes[[which.max(sapply(slopes, logLik))]]
# Least squares with a free upper end, and a lower end that has run away to -infinity.
bent <- function(s) lm(correct ~ exp(-s * contrast), staircase)
steepness <- optimize(function(s) deviance(bent(s)), c(0.5, 10), tol = 1e-10)$minimum

threshold <- function(v, p) (p - v[1]) / v[2]
answers <- list(
  "3.6b" = unname(c(threshold(coef(pooled), qlogis(0.75)),
                    threshold(guessed$par, 0))),
  "3.6c" = plogis(fixef(slopes)[[1]]),
  "3.6d" = weibull$value,
  "3.6e" = unname(coef(bent(steepness))[1]),
  "3.6f" = unname(threshold(fixef(lapsed), qlogis(0.4 / 0.48)))
)
profile <- lapply(list(0, 0.01, 0.02, 0.03, 0.05), function(lapse) {
  fit <- mixed(0.5, lapse, start, nodes = 15)
  list(lapse = lapse, deviance = -2 * as.numeric(logLik(fit)),
       fixef = unname(fixef(fit)))
})
logistic <- mixed(0, 0, start, nodes = 15)
lecture <- list(
  profile = profile,
  logit = list(deviance = -2 * as.numeric(logLik(logistic)),
               fixef = unname(fixef(logistic)))
)
out <- list(made_by = "Rscript tests/reference/exercises_week03_psychometric.R",
            R = R.version.string, lme4 = as.character(packageVersion("lme4")),
            answers = answers, lecture = lecture)
write_json(out, "tests/reference/exercises_week03_psychometric.json", auto_unbox = TRUE,
           digits = 15, pretty = TRUE)
cat(-2 * logLik(slopes), "\n")
