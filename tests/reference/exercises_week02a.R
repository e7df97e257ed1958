# Writes tests/reference/exercises_week02a.json: what R and lme4 answer to the questions
# 2.1 to 2.6.  Run from the top of the repository:
#   Rscript tests/reference/exercises_week02a.R
# Fits are polished to a tight optimum, as in tests/reference/lme4.R.

suppressMessages({ library(lme4); library(Matrix); library(jsonlite) })

tight <- lmerControl(
  optimizer = "nloptwrap",
  optCtrl = list(algorithm = "NLOPT_LN_NELDERMEAD", xtol_abs = 1e-12, xtol_rel = 1e-12,
                 ftol_abs = 1e-15, ftol_rel = 0, maxeval = 1e5)
)
mixed <- function(formula, data, REML = TRUE) {
  suppressMessages(suppressWarnings(lmer(formula, data, REML = REML, control = tight)))
}
read <- function(name, ...) {
  table <- read.csv(file.path("mlm", "datasets", paste0(name, ".csv")))
  for (column in c(...)) table[[column]] <- factor(table[[column]])
  table
}
sds <- function(fit) as.data.frame(VarCorr(fit))$sdcor

sleepstudy <- transform(read("sleepstudy", "Subject"), Speed = 1000 / Reaction)
slopes <- Reaction ~ Days + (Days | Subject)
fit <- mixed(slopes, sleepstudy)
Sigma_1 <- as.matrix(VarCorr(fit)$Subject)
answers <- list()

# 2.1 Why multilevel?
answers[["2.1a"]] <- 9 * fixef(mixed(Speed ~ Days + (Days | Subject), sleepstudy))[["Days"]]
recognition <- read("simulated_recognition", "experiment", "subject")
people <- aggregate(correct ~ experiment + subject, recognition, sum)
from <- sapply(people$correct, function(k) prop.test(k, 48, correct = FALSE)$conf.int[1])
answers[["2.1c"]] <- sum(from > 0.5)
restricted <- transform(subset(sleepstudy, Days >= 2), nights = Days - 2)
later <- mixed(Reaction ~ nights + (nights | Subject), restricted)
answers[["2.1d"]] <- 7 * fixef(later)[["nights"]]
epochs <- read("simulated_epochs", "subject", "condition")
cells <- function(f) with(epochs, tapply(power, list(subject, condition), f))
difference <- cells(mean)[, "correct_rejection"] - cells(mean)[, "hit"]
answers[["2.1e"]] <- weighted.mean(difference, 1 / rowSums(1 / cells(length)))

# 2.2 Live coding
answers[["2.2b"]] <- sqrt(vcov(later)[2, 2])
answers[["2.2c"]] <- fixef(fit)[["Days"]] + c(-1.96, 1.96) * sqrt(Sigma_1[2, 2])
short <- data.frame(Reaction = c(245, 286, 288), Days = c(0, 0, 1),
                    Subject = c("373", "374", "374"))
guests <- rbind(sleepstudy[names(short)], short)
answers[["2.2d"]] <- coef(mixed(slopes, guests))$Subject["373", "Days"]
early <- mixed(slopes, subset(sleepstudy, Days < 9))
last <- subset(sleepstudy, Days == 9)
answers[["2.2e"]] <- sqrt(mean((last$Reaction - predict(early, last))^2))

# 2.3 Design matrices.  Z without a fit: two people are too few for one.
loose <- lmerControl(check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore",
                     check.nlev.gtr.1 = "ignore", check.nobs.vs.rankZ = "ignore")
Z <- function(formula, data) {
  as.matrix(t(lFormula(formula, data, control = loose)$reTrms$Zt))
}
days <- data.frame(person = rep(c("A", "B"), c(2, 3)), day = c(0, 3, 1, 2, 4), y = 0)
answers[["2.3a"]] <- unname(Z(y ~ day + (day | person), days))
pupils <- expand.grid(school = 1:20, pupil = 1:20)
pupils[c("score", "hours", "age", "books")] <- rnorm(4 * 400)
taught <- score ~ hours + age + books + (hours | school)
answers[["2.3c"]] <- ncol(Z(taught, pupils))
ratings <- read.csv("mlm/datasets/insteval.csv.xz")
labels <- length(unique(ratings$s)) + length(unique(ratings$d))
answers[["2.3d"]] <- nrow(ratings) * labels * 8 / 1e9
cake <- read("cake", "replicate", "recipe")
recipes <- mixed(angle ~ recipe * temp + (1 | recipe:replicate), cake)
answers[["2.3b"]] <- c(ncol(getME(recipes, "X")), ncol(getME(recipes, "Z")))
penicillin <- read("penicillin", "plate", "sample")
assay <- mixed(diameter ~ 1 + (1 | plate) + (1 | sample), penicillin)
both <- cbind(getME(assay, "X"), as.matrix(getME(assay, "Z")))
answers[["2.3e"]] <- as.integer(rankMatrix(both))

# 2.4 Reading the fit
yields <- sds(mixed(Yield ~ 1 + (1 | Batch), read("dyestuff", "Batch")))
answers[["2.4a"]] <- yields[1]^2 / sum(yields^2)
answers[["2.4b"]] <- sum(coef(fit)$Subject["335", ] * c(1, 5))
answers[["2.4c"]] <- AIC(mixed(slopes, sleepstudy, REML = FALSE))
far <- with(sleepstudy, Subject == "332" & Days == 6 | Subject == "308" & Days == 7)
answers[["2.4d"]] <- sigma(mixed(slopes, sleepstudy[!far, ]))
modes <- ranef(fit, condVar = TRUE)$Subject
unsure <- sqrt(attr(modes, "postVar")[2, 2, ])
answers[["2.4e"]] <- sum(abs(modes$Days) > 1.96 * unsure)
pastes <- read("pastes", "batch", "cask")
strength <- mixed(strength ~ 1 + (1 | batch) + (1 | batch:cask), pastes)
answers[["2.4f"]] <- sds(strength)[c(2, 1, 3)]

# 2.5 Sigma.  From two origins: the correlations, and the criteria.
answers[["2.5b"]] <- Sigma_1[1, 2]
answers[["2.5c"]] <- Sigma_1[1, 1] + 9 * Sigma_1[1, 2]
T_1 <- t(chol(matrix(c(900, -60, -60, 25), 2))) / 20
answers[["2.5d"]] <- T_1[lower.tri(T_1, diag = TRUE)]
answers[["2.5e"]] <- -Sigma_1[1, 2] / Sigma_1[2, 2]
answers[["2.5f"]] <- attr(VarCorr(later)$Subject, "correlation")[1, 2]
from_9 <- mixed(slopes, transform(sleepstudy, Days = Days - 9))
correlation <- function(fit) attr(VarCorr(fit)$Subject, "correlation")[1, 2]
answers[["2.5a"]] <- correlation(from_9)

# 2.6 Covariance
heat <- transform(cake, heat = (temp - 200) / 10)
batters <- mixed(angle ~ heat + (heat | recipe:replicate), heat)
Lambda <- t(as.matrix(getME(batters, "Lambdat")))
answers[["2.6a"]] <- as.integer(rankMatrix(Lambda %*% t(Lambda), tol = 1e-8))
squared <- summary(lm(Days ~ I(Days^2), sleepstudy))$r.squared
answers[["2.6b"]] <- 1 / (1 - squared)
days2 <- function(seed) {
  set.seed(seed)
  transform(sleepstudy, Days2 = 2 * Days + rnorm(180))
}
answers[["2.6d"]] <- with(days2(7), cor(Days, Days2))
squares <- anova(lm(Yield ~ Batch, read("dyestuff2", "Batch")))[["Mean Sq"]]
answers[["2.6e"]] <- (squares[1] - squares[2]) / 5
pair <- vcov(lm(Reaction ~ Days + Days2, days2(1)))
answers[["2.6f"]] <- sqrt(drop(c(0, 1, 2) %*% pair %*% c(0, 1, 2)))

out <- list(
  made_by = "Rscript tests/reference/exercises_week02a.R",
  R = R.version.string, lme4 = as.character(packageVersion("lme4")),
  origins = list(correlation = c(correlation(fit), correlation(from_9)),
                 criterion = c(REMLcrit(fit), REMLcrit(from_9))),
  answers = answers
)
json <- toJSON(out, auto_unbox = TRUE, digits = I(17), pretty = TRUE)
writeLines(json, "tests/reference/exercises_week02a.json")
