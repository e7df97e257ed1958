# Writes tests/reference/exercises_week03_coefficients.json: what R's glm says to the
# questions of the exercises 3.3.  Run from the top of the repository; it takes a second:
#   Rscript tests/reference/exercises_week03_coefficients.R
# Needs R with jsonlite.

suppressMessages(library(jsonlite))

read <- function(name) read.csv(file.path("mlm", "datasets", paste0(name, ".csv")))
titanic <- read("titanic")
wells <- transform(read("wells"), dist100 = distance / 100)
trials <- transform(read("simulated_pas"), pas = factor(pas))
cars <- read("mtcars")

# 3.3a: from the people, with the third class for reference.
later <- subset(titanic, passengerClass != "1st")
later$second <- later$passengerClass == "2nd"
classes <- glm(survived == "yes" ~ second, binomial, later)
# 3.3b: a table of ten who get no reminder, whose odds are multiplied by an offset.
reminded <- plogis(qlogis(3 / 10) + log(3))
# 3.3c and 3.3d: as steps between predictions.
metres <- glm(switch ~ distance, binomial, wells)
at <- predict(metres, data.frame(distance = c(50, 0)))
product <- glm(switch ~ dist100 * arsenic, binomial, wells)
far <- predict(product, data.frame(dist100 = 0:1, arsenic = 3))
# 3.3e, 3.3f, the latter searched to the end: standard errors come from the step before.
clear <- glm(correct ~ pas, binomial, trials)
manual <- glm(am ~ wt, binomial, cars, epsilon = 1e-14)
heavy <- predict(manual, data.frame(wt = 4), se.fit = TRUE)

answers <- list(
  "3.3a" = unname(exp(coef(classes)[2])),
  "3.3b" = reminded,
  "3.3c" = unname(exp(at[2] - at[1])),
  "3.3d" = unname(far[2] - far[1]),
  "3.3e" = unname(predict(clear, data.frame(pas = factor(1:4)), type = "response")),
  "3.3f" = unname(plogis(heavy$fit + c(-1.96, 1.96) * heavy$se.fit))
)
made <- list(R = paste(R.version$major, R.version$minor, sep = "."), answers = answers)
writeLines(
  toJSON(made, digits = NA, auto_unbox = TRUE, pretty = TRUE),
  "tests/reference/exercises_week03_coefficients.json"
)
