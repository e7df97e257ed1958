# Writes tests/reference/exercises_week03_many_subjects.json: what R and lme4 say to the
# exercises 3.5, and of what the lecture tells.  From the top of the repository:
#   Rscript tests/reference/exercises_week03_many_subjects.R
# Needs R with lme4 and jsonlite; it takes some seconds.

suppressMessages({ library(lme4); library(jsonlite) })

load <- function(name) read.csv(file.path("mlm", "datasets", paste0(name, ".csv")))
# lme4 stops early by default: its deviance is then off in the fourth decimal.
tight <- glmerControl(
  optimizer = "bobyqa", optCtrl = list(maxfun = 1e6, rhoend = 1e-9),
  tolPwrss = 1e-13
)
mixed <- function(formula, data, family = binomial) {
  suppressMessages(glmer(formula, data, family, control = tight))
}
sd_of <- function(fit) sqrt(VarCorr(fit)[[1]][1, 1])
average <- function(eta, sd, inverse = plogis) {
  integrate(
    function(u) inverse(eta + u) * dnorm(u, 0, sd), -Inf, Inf, rel.tol = 1e-10
  )$value
}

recognition <- load("simulated_recognition")
people <- function(which) {
  mixed(correct ~ 1 + (1 | subject), recognition[recognition$experiment == which, ])
}
first <- people("1a")
second <- people("1b")
modes <- coef(first)$subject

pas <- load("simulated_pas")
pas$pas <- factor(pas$pas)
pas$task <- factor(pas$task, levels = c("singles", "pairs", "quadruplet"))
task <- mixed(correct ~ task + (1 | subject), pas)
both <- mixed(correct ~ task + pas + (1 | subject), pas)
rating <- mixed(correct ~ pas + (1 | subject), pas)
product <- mixed(correct ~ pas * task + (1 | subject), pas)

women <- load("contraception")
women$use <- as.integer(women$use == "Y")
every <- mixed(use ~ 1 + (1 | district), women)
share <- tapply(women$use, women$district, mean)
finite <- names(share)[share > 0 & share < 1]
some <- mixed(use ~ 1 + (1 | district), women[women$district %in% finite, ])
districts <- coef(every)$district
modes_of <- as.data.frame(ranef(every))
apart <- abs(modes_of$condval) > 1.96 * modes_of$condsd

titanic <- load("titanic")
titanic$y <- as.integer(titanic$survived == "yes")
ship <- mixed(y ~ age + (1 | passengerClass), titanic[!is.na(titanic$age), ])

out <- list(
  versions = list(
    R = R.version.string, lme4 = as.character(packageVersion("lme4"))
  ),
  answers = list(
    "3.5a" = plogis(modes["S13", 1]),
    "3.5b" = pnorm(fixef(second)[[1]] / sd_of(second)),
    "3.5c" = average(sum(fixef(task)[c(1, 3)]), sd_of(task)),
    "3.5d" = c(sd_of(every), sd_of(some)),
    "3.5e" = anova(both, product)[2, "Pr(>Chisq)"],
    "3.5f" = pnorm(0.5 / sqrt(1 + 0.8^2)),
    "3.5g" = uniroot(
      function(sd) average(1, sd) - 0.65, c(1, 3), tol = 1e-10
    )$root,
    "3.5h" = sum(apart)
  ),
  lecture = list(
    recognition = c(fixef(first)[[1]], sd_of(first), modes["S01", 1]),
    deviance = -2 * as.numeric(logLik(first)),
    average = average(fixef(first)[[1]], sd_of(first)),
    districts = c(fixef(every)[[1]], districts[c("3", "11", "49", "14"), 1]),
    average_of_districts = average(fixef(every)[[1]], sd_of(every)),
    task = c(fixef(task)[[3]], fixef(both)[[3]]),
    aic = c(AIC(task), AIC(both), AIC(rating)),
    titanic = c(fixef(ship), sd_of(ship))
  )
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(15), pretty = TRUE)
writeLines(json, "tests/reference/exercises_week03_many_subjects.json")
