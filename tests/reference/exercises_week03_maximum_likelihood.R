# Writes exercises_week03_maximum_likelihood.json: what R answers to the questions 3.2, and
# what it says of the slips on the slides (errata E-T1 to E-T10).
# Run from the top of the repository:
#   Rscript tests/reference/exercises_week03_maximum_likelihood.R
# Needs R with MASS and jsonlite.

suppressMessages({ library(MASS); library(jsonlite) })
read <- function(name) read.csv(sprintf("mlm/datasets/%s.csv", name))
wells <- transform(read("wells"), dist100 = distance / 100)
titanic <- subset(read("titanic"), !is.na(age))
own <- function(fit, y) dbinom(y, 1, fitted(fit))

session <- list2env(list(
  wells = wells, titanic = titanic, wool = read("wool"), own = own,
  both = glm(switch ~ dist100 + arsenic, binomial, wells),
  null = glm(switch ~ 1, binomial, wells),
  am = glm(am ~ wt, binomial, mtcars), carb = glm(carb ~ wt, poisson, mtcars),
  mpg = lm(mpg ~ wt, mtcars)
))

questions <- list(
  "3.2a" = "sum(dbinom(c(1, 0, 1), 1, c(0.8, 0.4, 0.3), log = TRUE))",
  "3.2b" = "sum(dpois(mtcars$carb, exp(0.5 + 0.1 * mtcars$wt), log = TRUE))",
  "3.2c" = "which(cumsum(log2(own(both, wells$switch))) < -1075)[1]",
  "3.2d" = "sum(dpois(quine$Days, quine$Days, log = TRUE))",
  "3.2e" = "AIC(lm(mpg ~ wt + hp, mtcars))",
  "3.2f" = "summary(null)$coefficients[1, 1:2]"
)
errata <- list(
  "e-t1" = "p <- fitted(am); y <- mtcars$am; sum(y * log(p) + log(1 - y) * (1 - p))",
  "e-t2" = "s2 <- mean(resid(mpg)^2); 16 * log(2 * pi) - 16 * log(s2) - 16",
  "e-t3" = "c(logLik(glm(am ~ 1, binomial, mtcars)), am$null.deviance)",
  "e-t4" = "c(4 + deviance(carb), AIC(carb))",
  "e-t5" = "max(dnorm(mtcars$mpg / 100, fitted(mpg) / 100, sqrt(mean(resid(mpg)^2)) / 100))",
  "e-t6" = "c(dbinom(1, 1, 1), dbinom(0, 1, 0), dpois(0, 0))",
  "e-t7" = "coef(glm(survived == \"yes\" ~ age + passengerClass, binomial, titanic))[\"age\"]",
  "e-t8" = "m <- glm(cycles ~ len + amp + load, poisson, wool); sum(resid(m, \"pearson\")^2) / df.residual(m)",
  "e-t10" = "exp(-0.4758)"
)
answered <- function(asked) lapply(asked, function(code) {
  list(R = code, values = I(unname(as.numeric(eval(parse(text = code), session)))))
})
out <- list(
  made_by = "Rscript tests/reference/exercises_week03_maximum_likelihood.R",
  R = R.version.string, MASS = as.character(packageVersion("MASS")),
  answers = answered(questions), errata = answered(errata)
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), pretty = TRUE, na = "string")
writeLines(json, "tests/reference/exercises_week03_maximum_likelihood.json")
