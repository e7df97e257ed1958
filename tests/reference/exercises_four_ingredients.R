# Writes tests/reference/exercises_four_ingredients.json: what R says to the questions of
# the exercises 3.1.  Run from the top of the repository:
#   Rscript tests/reference/exercises_four_ingredients.R
# Needs R with jsonlite.

library(jsonlite)

cars <- read.csv(file.path("mlm", "datasets", "mtcars.csv"))
cars$auto <- 1 - cars$am
tight <- glm.control(epsilon = 1e-14, maxit = 100)
fit <- function(formula, link = "logit") {
  glm(formula, binomial(link), cars, control = tight)
}
manual <- fit(am ~ wt)
line <- lm(am ~ wt, cars)
chance <- function(fit, wt) {
  unname(predict(fit, data.frame(wt = wt), type = "response"))
}
inverse <- function(link) make.link(link)$linkinv(-0.5)
links <- c("logit", "probit", "cloglog", "log", "identity")
called_automatic <- fitted(manual) < 0.5

out <- list(
  r = R.version.string,
  answers = list(
    "3.1a" = 1 - chance(manual, 1500 / 453.59237),
    "3.1b" = sapply(links, inverse, USE.NAMES = FALSE),
    "3.1c" = sum(fitted(manual)[called_automatic]),
    "3.1d" = chance(manual, 3),
    "3.1e" = chance(manual, 2:4) - unname(predict(line, data.frame(wt = 2:4))),
    "3.1f" = 1 - chance(fit(auto ~ wt, "cloglog"), 3.845)
  )
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), pretty = TRUE)
writeLines(json, "tests/reference/exercises_four_ingredients.json")
