# Writes tests/reference/exercises_week03_counts.json: what R says to the questions of the
# exercises 3.4.  Run from the top of the repository; it takes seconds:
#   Rscript tests/reference/exercises_week03_counts.R
# Needs R with lme4, MASS and jsonlite.

suppressMessages({ library(lme4); library(MASS); library(jsonlite) })

read <- function(name) {
  read.csv(file.path("mlm", "datasets", paste0(name, ".csv")), stringsAsFactors = TRUE)
}
breaks <- transform(read("warpbreaks"), tension = factor(tension, c("L", "M", "H")))
insured <- transform(
  read("insurance"), District = factor(District),
  age = as.integer(factor(Age, c("<25", "25-29", "30-35", ">35"))),
  engine = as.integer(factor(Group, c("<1l", "1-1.5l", "1.5-2l", ">2l")))
)
quine <- read("quine")
wool <- transform(read("wool"), run = factor(1:27))

# 3.4b: quasi-Poisson itself.
quasi <- glm(breaks ~ wool * tension, quasipoisson, breaks, epsilon = 1e-14)
# 3.4c: by integration of the normal density.
reach <- 1.96 / sqrt(5)
# 3.4d: predicted, with an offset.
rated <- glm(Claims ~ District + engine + age + offset(log(Holders)), poisson, insured)
policies <- data.frame(District = factor(1, 1:4), engine = 1, age = 4, Holders = 250)
# 3.4e: probabilities of 0 by R's own distribution.
negative <- glm.nb(Days ~ Eth + Sex + Age + Lrn, quine)
# 3.4f.
line <- lm(log(cycles) ~ len + amp + load, wool)
plain <- glm(cycles ~ len + amp + load, poisson, wool, epsilon = 1e-14)
centred <- transform(wool, len = (len - 300) / 50, load = (load - 45) / 5, amp = amp - 9)
runs <- glmer(
  cycles ~ len + amp + load + (1 | run), centred, poisson,
  control = glmerControl("bobyqa", optCtrl = list(rhoend = 1e-9), tolPwrss = 1e-9)
)
error <- function(fit) sqrt(as.matrix(vcov(fit))["amp", "amp"])

answers <- list(
  "3.4a" = exp(-0.4758),
  "3.4b" = summary(quasi)$coefficients["woolB:tensionM", "t value"],
  "3.4c" = integrate(dnorm, -reach, reach, rel.tol = 1e-10)$value,
  "3.4d" = unname(predict(rated, policies, type = "response")),
  "3.4e" = sum(dnbinom(0, mu = fitted(negative), size = negative$theta)),
  "3.4f" = c(error(line), error(plain), error(runs))
)
made <- list(
  R = paste(R.version$major, R.version$minor, sep = "."),
  lme4 = as.character(packageVersion("lme4")),
  MASS = as.character(packageVersion("MASS")),
  answers = answers,
  negative_binomial = list(coefficients = unname(coef(negative)), theta = negative$theta)
)
writeLines(
  toJSON(made, digits = NA, auto_unbox = TRUE, pretty = TRUE),
  "tests/reference/exercises_week03_counts.json"
)
