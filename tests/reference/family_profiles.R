# Writes tests/reference/family_profiles.json: profile intervals by lme4's `confint` of
# generalised linear mixed models, which interpolates its profile: right to some three
# digits.  Run from the top of the repository, it takes some minutes:
#   Rscript tests/reference/family_profiles.R
# Needs R with lme4 and jsonlite.
suppressMessages({ library(lme4); library(jsonlite) })
LEVEL <- 0.9

folder <- "tests/reference/glmm/data"
cbpp <- read.csv(file.path(folder, "cbpp.csv"))
cbpp$period <- factor(cbpp$period)
bacteria <- read.csv(file.path(folder, "bacteria.csv"))
bacteria$trt <- factor(bacteria$trt, c("placebo", "drug", "drug+"))
epil <- read.csv(file.path(folder, "epil.csv"))
epil$trt <- factor(epil$trt, c("placebo", "progabide"))

mixed <- list(
  list("cbpp", "cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp,
       "binomial", "logit"),
  list("cbpp", "cbind(incidence, size - incidence) ~ period + (1 | herd)", cbpp,
       "binomial", "probit"),
  list("cbpp", "cbind(incidence, size - incidence) ~ period + (1 | herd) + (1 | obs)",
       cbpp, "binomial", "logit"),
  list("bacteria", "yes ~ trt + late + (1 | ID)", bacteria, "binomial", "logit"),
  list("epil", "y ~ log(base/4) * trt + log(age) + V4 + (1 | subject)", epil, "poisson",
       "log")
)
mixed <- lapply(mixed, function(m) {
  family <- get(m[[4]])(m[[5]])
  fit <- glmer(as.formula(m[[2]]), m[[3]], family = family,
               control = glmerControl(tolPwrss = 1e-10))
  ends <- suppressWarnings(suppressMessages(confint(fit, level = LEVEL, oldNames = FALSE)))
  cat(m[[2]], "\n")
  print(ends)
  list(data = m[[1]], formula = m[[2]], family = m[[4]], link = m[[5]],
       names = rownames(ends), ends = unname(ends))
})


write_json(
  list(versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4"))),
       level = LEVEL, profiles = mixed),
  "tests/reference/family_profiles.json", digits = 10, auto_unbox = TRUE, pretty = TRUE
)
