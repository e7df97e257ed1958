# Writes exercises_week01.json: what R answers to the questions of week 1's exercises.
# Run from the top of the repository:  Rscript tests/reference/exercises_week01.R
# Needs R with lme4 (for its data sets) and jsonlite, as lme4.R beside it does.

suppressMessages({ library(lme4); library(jsonlite) })
radon <- read.csv("mlm/datasets/radon.csv")
one <- function(id) subset(sleepstudy, Subject == id)

# The end of a profile interval of a slope: where 2 log L has fallen by the quantile of
# chi-squared.  R's confint() of lm has t intervals only.
profile_end <- function(data, far) {
  best <- lm(Reaction ~ Days, data)
  fall <- function(slope) {
    line <- lm(Reaction ~ 1 + offset(slope * Days), data)
    2 * as.numeric(logLik(best) - logLik(line)) - qchisq(0.95, 1)
  }
  uniroot(fall, sort(c(coef(best)[["Days"]], far)), tol = 1e-12)$root
}

session <- list2env(list(
  radon = radon, one = one, profile_end = profile_end,
  late = subset(one("308"), Days != 7),
  line = lm(Reaction ~ Days, sleepstudy),
  names = lm(Reaction ~ factor(Days), sleepstudy)
))

questions <- list(
  "1.1e" = "coef(lm(Reaction ~ Days, one(308)))",
  "1.2b" = "tapply(sleepstudy$Reaction, sleepstudy$Days, mean)",
  "1.2c" = "apply(matrix(sleepstudy$Reaction, nrow = 18, byrow = TRUE), 1, sd)",
  "1.2d" = "mean(abs(diff(one(308)$Reaction)))",
  "1.2e" = "set.seed(7); Days2 <- 2 * sleepstudy$Days + rnorm(180); coef(lm(Reaction ~ Days + Days2, cbind(sleepstudy, Days2)))",
  "1.2f" = "m <- lm(Reaction ~ Days - 1, sleepstudy); y <- sleepstudy$Reaction; 1 - sum(resid(m)^2) / sum((y - mean(y))^2)",
  "1.3c" = "f <- cake$temp; c <- (f - 32) * 5 / 9; (sd(c) / mean(c)) / (sd(f) / mean(f))",
  "1.3d" = "coef(lm(y ~ as.integer(as.character(studage)), InstEval))[[2]]",
  "1.3e" = "cor(radon$activity, radon$log_uranium, method = \"spearman\")",
  "1.3f" = "y <- log(pmax(radon$activity, 0.1)); coef(lm(y + log(37) ~ floor, radon)) - coef(lm(y ~ floor, radon))",
  "1.4a" = "coef(lm(Reaction ~ Days, one(335)))[[\"Days\"]]",
  "1.4b" = "mean(subset(cake, recipe == \"C\")$angle)",
  "1.4c" = "coef(lm(Reaction ~ Days, one(310)))",
  "1.4d" = "sigma(lm(Reaction ~ Days, late))",
  "1.4e" = "anova(line, names)$F[2]",
  "1.4f" = "summary(lm(Reaction ~ I(Days - mean(Days)), sleepstudy))$coefficients[1, 2]",
  "1.4g" = "predict(lm(Reaction ~ Days, one(308)), list(Days = 12), se.fit = TRUE)$se.fit",
  "1.5a" = "sum(dnorm(c(1, 4, 7), 3, 2, log = TRUE))",
  "1.5b" = "sqrt(deviance(lm(Reaction ~ Days, one(309))) / 10)",
  "1.5c" = "as.numeric(logLik(lm(Reaction ~ Days, one(309))) - logLik(lm(Reaction ~ 1, one(309))))",
  "1.5e" = "deviance(lm(Reaction ~ 1 + offset(30 * Days), one(308)))",
  "1.5f" = "2 * as.numeric(logLik(lm(Reaction ~ Days, one(308))) - logLik(lm(Reaction ~ 1 + offset(30 * Days), one(308))))",
  "1.5g" = "c(profile_end(one(308), -50), profile_end(one(308), 100))",
  "1.5d" = "reml <- function(data) as.numeric(logLik(lm(Reaction ~ Days, data), REML = TRUE)); reml(transform(one(308), Days = 24 * Days)) - reml(one(308))"
)
answers <- lapply(questions, function(code) {
  list(R = code, values = I(unname(as.numeric(eval(parse(text = code), session)))))
})
out <- list(
  made_by = "Rscript tests/reference/exercises_week01.R",
  R = R.version.string, lme4 = as.character(packageVersion("lme4")), answers = answers
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), pretty = TRUE)
writeLines(json, "tests/reference/exercises_week01.json")
