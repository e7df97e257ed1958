# Writes tests/reference/assignments.json: what R and lme4 say to the questions of the
# assignments.  Run from the top of the repository; it takes some twenty seconds:
#   Rscript tests/reference/assignments.R
# Needs R with lme4 and jsonlite.

suppressMessages({ library(lme4); library(jsonlite) })

every <- read.csv(file.path("mlm", "datasets", "simulated_politeness.csv"))
for (column in c("subject", "gender", "attitude")) {
  every[[column]] <- factor(every[[column]])
}
speech <- every[!is.na(every$f0mn), ]
mixed <- function(formula) suppressMessages(lmer(as.formula(formula), speech))
sds <- function(fit) {
  table <- as.data.frame(VarCorr(fit))
  setNames(table$sdcor, table$grp)
}
error <- function(fit) sqrt(vcov(fit)["attitudepolite", "attitudepolite"])

# A1.1, A1.2
number <- mixed("f0mn ~ scenario + (1 | subject)")
category <- mixed("f0mn ~ factor(scenario) + (1 | subject)")
separate <- lm(total_duration ~ factor(scenario) + f0mn, speech)
both <- lm(total_duration ~ factor(scenario) + f0mn + subject, speech)
partial <- mixed("total_duration ~ f0mn + (1 | scenario)")
crossed <- mixed("total_duration ~ f0mn + (1 | scenario) + (1 | subject)")
cells <- mixed(
  "total_duration ~ f0mn + (1 | scenario) + (1 | subject) + (1 | subject:scenario)"
)
polite <- mixed("total_duration ~ f0mn + attitude + (1 | scenario) + (1 | subject)")
lines <- coef(crossed)$subject
# A1.3
attitude <- mixed("f0mn ~ attitude + (1 | subject) + (1 | scenario)")
people <- mixed("f0mn ~ attitude + (1 | subject)")
product <- mixed("f0mn ~ attitude * gender + (1 | subject)")
by_gender <- mixed("f0mn ~ attitude * gender + (gender | subject)")
both_by_gender <- mixed(
  "f0mn ~ attitude * gender + (gender | subject) + (gender | scenario)"
)
grid <- expand.grid(attitude = c("informal", "polite"), gender = c("F", "M"))
expected <- matrix(predict(product, grid, re.form = NA), 2, byrow = TRUE)
Sigma <- VarCorr(both_by_gender)$subject
men <- sqrt(sum(Sigma))  # of intercepts: 1, 1 on both sides of Σ
edge <- (men - sqrt(Sigma[1, 1])) / sigma(both_by_gender)
# The same criterion where Σ of subjects is singular.
theta <- getME(both_by_gender, "theta")
criterion <- function(theta) {
  update(both_by_gender, devFunOnly = TRUE)(theta)
}
singular <- theta
singular[1:3] <- c(theta[[1]], edge, 0)

# A2
trials <- read.csv(file.path("mlm", "datasets", "simulated_pas.csv"))
trials$pas <- factor(trials$pas)
trials$task <- factor(trials$task, levels = c("singles", "pairs", "quadruplet"))
trials$subject <- factor(trials$subject)
tight <- glmerControl(
  optimizer = "bobyqa", optCtrl = list(maxfun = 1e6, rhoend = 1e-9),
  tolPwrss = 1e-13
)
general <- function(formula, data, family) suppressMessages(
  glmer(as.formula(formula), data, family, control = tight)
)
right <- function(effects) {
  general(paste("correct ~", effects, "+ (1 | subject)"), trials, binomial)
}
by_task <- right("task")
by_both <- right("task + pas")
by_pas <- right("pas")
by_product <- right("pas * task")
last <- "taskquadruplet"
wald <- fixef(by_task)[[last]] +
  c(0, -1.96, 1.96) * sqrt(vcov(by_task)[last, last])
counts <- as.data.frame(table(trials[c("subject", "task", "pas")]))
poisson_line <- glm(Freq ~ pas * task, poisson, counts)
used <- function(effects) {
  general(paste("Freq ~", effects, "+ (pas | subject)"), counts, poisson)
}
rated <- used("pas * task")
rated_alike <- used("pas + task")
gained <- as.numeric(2 * (logLik(rated) - logLik(rated_alike)))

answers <- list(
  A0.1b = dim(every),
  A0.1c = coef(lm(f0mn ~ attitude, speech))[["attitudepolite"]],
  A1.1b = c(nobs(number), sum(is.na(every$f0mn))),
  A1.1c = c(sigma(number), sigma(category)),
  A1.1d = c(ncol(model.matrix(number)), ncol(model.matrix(category))),
  A1.2a = c(
    sigma(lm(total_duration ~ f0mn, speech)), sigma(separate), sigma(partial)
  ),
  A1.2c = unname(sds(crossed)[c("scenario", "subject", "Residual")]),
  A1.2d = length(coef(both)),
  A1.2e = unname(sds(cells)[c("subject:scenario", "Residual")]),
  A1.2g = c(fixef(crossed)[["f0mn"]], fixef(polite)[["f0mn"]]),
  A1.3b = fixef(attitude)[["attitudepolite"]] + 1.96 * error(attitude) * c(0, -1, 1),
  A1.3c = c(ncol(getME(attitude, "X")), ncol(getME(attitude, "Z"))),
  A1.3d = c(error(attitude), error(people)),
  A1.3e = sum(fixef(product)[c("attitudepolite", "attitudepolite:genderM")]),
  A1.3f = expected,
  A1.3g = c(sigma(product), sigma(by_gender)),
  A1.3h = edge,
  A2.1a = c(nlevels(trials$subject), unique(c(table(trials[c("subject", "task")])))),
  A2.2b = exp(wald),
  A2.2c = c(fixef(by_both)[[last]], sqrt(vcov(by_both)[last, last])),
  A2.2d = unname(plogis(fixef(by_pas)[1] + c(0, fixef(by_pas)[-1]))),
  A2.2e = sapply(list(by_task, by_both, by_pas, by_product), AIC),
  A2.3a = c(nrow(counts), sum(counts$Freq == 0)),
  A2.3b = c(
    nrow(VarCorr(rated)$subject), length(getME(rated, "theta"))
  ),
  A2.3c = sum(residuals(poisson_line, "pearson")^2) / df.residual(poisson_line),
  A2.3d = c(gained, attr(logLik(rated), "df") - attr(logLik(rated_alike), "df")),
  A2.3e = unname(exp(fixef(rated)[1] + c(0, fixef(rated)[2:4])))
)
writeLines(
  toJSON(
    list(
      versions = list(
        R = R.version.string, lme4 = as.character(packageVersion("lme4"))
      ),
      answers = answers,
      lines = list(
        subject = rownames(lines), intercept = lines[["(Intercept)"]],
        slope = lines[["f0mn"]]
      ),
      singular = list(
        fits = isSingular(both_by_gender),
        criteria = c(criterion(theta), criterion(singular))
      )
    ),
    auto_unbox = TRUE, digits = 10, pretty = TRUE
  ),
  file.path("tests", "reference", "assignments.json")
)
