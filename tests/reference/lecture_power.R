# Writes tests/reference/lecture_power.json: what R says to the numbers of the lecture on
# power, where the sleep study's standard deviations are the truth.  Run from the top of
# the repository, it takes some seconds:
#   Rscript tests/reference/lecture_power.R
# Needs R with lme4 and jsonlite.

suppressMessages({ library(lme4); library(jsonlite) })

sleepstudy <- read.csv("mlm/datasets/sleepstudy.csv")
dyestuff <- read.csv("mlm/datasets/dyestuff.csv")
fit <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
sd_slope <- attr(VarCorr(fit)$Subject, "stddev")[["Days"]]
spread <- function(trials) {
  days <- seq(0, 9, length.out = trials)
  sum((days - mean(days))^2)
}
# Variance of one subject's own slope around the common one.
own <- function(trials, sd = sd_slope) sd^2 + sigma(fit)^2 / spread(trials)

# Power of the test of a slope of 5 ms/day: the t test of the subjects' own slopes.
power <- function(subjects, trials, slope = 5, sd = sd_slope) {
  power.t.test(n = subjects, delta = slope, sd = sqrt(own(trials, sd)),
               type = "one.sample", strict = TRUE)$power
}

# How often (1 | Subject) rejects a slope of 0.  Its t is the common slope over
# sqrt(within / spread / subjects), where within, the mean square around parallel lines,
# is made of two independent chi-squared variables: trials around the subjects' own
# lines, and own slopes around the common one.
false_positives <- function(subjects, trials) {
  df <- subjects * (trials - 1) - 1
  trial <- subjects * (trials - 2)
  believed <- function(a, b) {
    (sigma(fit)^2 * a / spread(trials) + own(trials) * b) / df
  }
  rejects <- function(a, b) {
    2 * pnorm(-qt(0.975, df) * sqrt(believed(a, b) / own(trials)))
  }
  given <- Vectorize(function(b) {
    inner <- function(a) rejects(a, b) * dchisq(a, trial)
    integrate(inner, qchisq(1e-10, trial), qchisq(1 - 1e-10, trial),
              rel.tol = 1e-8)$value
  })
  outer <- function(b) given(b) * dchisq(b, subjects - 1)
  integrate(outer, 0, qchisq(1 - 1e-12, subjects - 1), rel.tol = 1e-8)$value
}

profile <- function(fit) {
  suppressMessages(confint(fit, oldNames = FALSE, quiet = TRUE))
}
batches <- lmer(Yield ~ 1 + (1 | Batch), dyestuff)
plans <- list(c(10, 10), c(10, 100), c(20, 10), c(4, 3), c(40, 300))
trials <- c(5, 10, 20, 40)
result <- list(
  made_by = "Rscript tests/reference/lecture_power.R",
  R = R.version.string,
  lme4 = as.character(packageVersion("lme4")),
  sd_slope = sd_slope,
  sigma = sigma(fit),
  power = lapply(plans, function(plan) {
    list(subjects = plan[1], trials = plan[2], power = power(plan[1], plan[2]))
  }),
  power_if_people_differ_more = power(20, 10, sd = confint(
    fit, "sd_Days|Subject", oldNames = FALSE, quiet = TRUE)[2]),
  false_positives = setNames(
    lapply(trials, function(n) false_positives(18, n)), trials),
  normal_for_t_with_5_df = 2 * pt(qnorm(0.025), 5),
  profile_sd_batch = unname(profile(batches)["sd_(Intercept)|Batch", ])
)
writeLines(toJSON(result, auto_unbox = TRUE, digits = 10, pretty = TRUE),
           "tests/reference/lecture_power.json")
