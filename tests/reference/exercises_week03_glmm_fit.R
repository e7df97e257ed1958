# Writes tests/reference/exercises_week03_glmm_fit.json: what R and lme4 say to the
# questions of the exercises 3.7, and of fits of their lecture.  Run from the top of the
# repository:
#   Rscript tests/reference/exercises_week03_glmm_fit.R
# Needs R with lme4 and jsonlite.

suppressMessages({ library(lme4); library(jsonlite) })

tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13,
                      optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
cbpp <- read.csv("mlm/datasets/cbpp.csv")
cbpp$herd <- factor(cbpp$herd)
cbpp$period <- factor(cbpp$period)
herds <- function(nodes) {
  glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial,
        control = tight, nAGQ = nodes)
}
toenail <- read.csv("mlm/datasets/toenail.csv")
toenail$severe <- as.integer(toenail$outcome == "moderate or severe")
toenail$patientID <- factor(toenail$patientID)
nails <- function(nodes) {
  suppressWarnings(glmer(severe ~ treatment * time + (1 | patientID), toenail, binomial,
                         control = tight, nAGQ = nodes))
}
sd_of <- function(fit) attr(VarCorr(fit)[[1]], "stddev")[[1]]

# -2 log L of the model that fits every row exactly: lme4 leaves it out with nodes > 1.
saturated <- -2 * sum(dbinom(cbpp$incidence, cbpp$size, cbpp$incidence / cbpp$size,
                             log = TRUE))
printed <- -2 * as.numeric(logLik(herds(25)))
mean_carb <- mean(mtcars$carb)
step <- lm(log(mean_carb) + (carb - mean_carb) / mean_carb ~ wt, mtcars)
swapped <- glm(c(0, 0, 0, 1, 0, 1, 1, 1) ~ I(1:8), binomial)

answers <- list(
  "3.7b" = unname(coef(step)),
  "3.7c" = printed + saturated,
  "3.7d" = unname(coef(swapped)[2]),
  "3.7e" = -2 * as.numeric(logLik(herds(1))) - (printed + saturated)
)
lecture <- list(
  printed = printed, saturated = saturated,
  laplace = -2 * as.numeric(logLik(herds(1))),
  sds = lapply(list(1, 5, 15, 50), function(n) list(nodes = n, sd = sd_of(nails(n)))),
  fifty = -2 * as.numeric(logLik(nails(50)))
)
out <- list(made_by = "Rscript tests/reference/exercises_week03_glmm_fit.R",
            R = R.version.string, lme4 = as.character(packageVersion("lme4")),
            answers = answers, lecture = lecture)
write_json(out, "tests/reference/exercises_week03_glmm_fit.json", auto_unbox = TRUE,
           digits = 15, pretty = TRUE)
