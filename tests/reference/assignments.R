# Writes tests/reference/assignments.json: what R and lme4 say to the questions of the
# assignments.  Run from the top of the repository; it takes a few seconds:
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
  A1.3h = edge
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
