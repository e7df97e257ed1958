# Writes tests/reference/inference.json: marginal means, contrasts, slopes and tests of
# terms by R's emmeans, lmerTest, pbkrtest and car; shares of variance by performance.  Run from the top of the repository:
#   Rscript tests/reference/inference.R
# Needs R with lme4, lmerTest, pbkrtest, emmeans, car, performance and jsonlite.
suppressMessages({
  library(lme4); library(lmerTest); library(pbkrtest); library(emmeans); library(car)
  library(jsonlite)
})
read <- function(name, ...) {
  table <- read.csv(Sys.glob(file.path("mlm", "datasets", paste0(name, ".csv*"))))
  for (column in c(...)) table[[column]] <- factor(table[[column]])
  table
}
cake <- read("cake", "replicate", "recipe", "temperature")
# Unbalanced, by rule: every seventh row is left out, and all of one recipe's last.
uneven <- cake[seq_len(nrow(cake)) %% 7 != 3 & !(cake$recipe == "B" & cake$temp > 210), ]
uneven <- droplevels(uneven[uneven$temperature %in% c("175", "185", "195"), ])
sleepstudy <- read("sleepstudy", "Subject")
teams <- transform(sleepstudy, team = factor(c("a", "b", "c")[as.integer(Subject) %% 3 + 1]))
teams <- teams[seq_len(180) %% 7 != 3, ]
breaks <- transform(warpbreaks, wool = factor(wool),
                    tension = factor(as.character(tension)))
cbpp <- read.csv("tests/reference/glmm/data/cbpp.csv")
cbpp$period <- factor(cbpp$period)
cbpp$half <- factor(ifelse(cbpp$herd > 7, "late", "early"))

sum_to_zero <- list(recipe = "contr.sum", temperature = "contr.sum")
fits <- list(
  cake = lmer(angle ~ recipe * temperature + (1 | recipe:replicate), cake),
  uneven = lmer(angle ~ recipe * temperature + (1 | recipe:replicate), uneven),
  uneven_sum = lmer(angle ~ recipe * temperature + (1 | recipe:replicate), uneven,
                    contrasts = sum_to_zero),
  additive = lmer(Reaction ~ team + Days + (Days | Subject), teams),
  sleep = lmer(Reaction ~ Days + I(Days^2) + (Days | Subject), sleepstudy),
  lm = lm(breaks ~ wool * tension, breaks[-(1:3), ]),
  poisson = glm(breaks ~ wool * tension, poisson, breaks[-(1:3), ]),
  gaussian = glm(breaks ~ wool + tension, gaussian("log"), breaks,
                 control = glm.control(epsilon = 1e-14, maxit = 100)),
  cbpp = glmer(cbind(incidence, size - incidence) ~ period * half + (1 | herd), cbpp,
               binomial, control = glmerControl(tolPwrss = 1e-12, optimizer = "bobyqa"))
)
numbers <- function(table) lapply(as.list(as.data.frame(table)), function(x)
  if (is.numeric(x)) x else as.character(x))
emm <- function(fit, specs, ..., adjust = "none") {
  found <- emmeans(fit, specs, ...)
  list(means = numbers(summary(found, infer = c(TRUE, FALSE))),
       response = numbers(summary(found, infer = c(TRUE, FALSE), type = "response")),
       pairs = numbers(summary(pairs(found, adjust = adjust), infer = c(TRUE, TRUE))),
       tukey = numbers(summary(pairs(found, adjust = "tukey"), infer = c(TRUE, TRUE))),
       holm = numbers(summary(pairs(found, adjust = "holm"), infer = c(TRUE, TRUE))),
       trend = numbers(summary(contrast(found, "poly", max.degree = 2))),
       effects = numbers(summary(contrast(found, "eff", adjust = "none"))))
}
mixed <- c("cake", "uneven", "additive")
s <- "satterthwaite"; k <- "kenward-roger"
means <- list(
  cake_s = emm(fits$cake, "recipe", lmer.df = s),
  cake_k = emm(fits$cake, "temperature", lmer.df = k),
  uneven_s = emm(fits$uneven, "recipe", lmer.df = s),
  uneven_k = emm(fits$uneven, "recipe", lmer.df = k),
  additive_s = emm(fits$additive, "team", lmer.df = s),
  additive_k = emm(fits$additive, "team", lmer.df = k),
  lm = emm(fits$lm, "tension"),
  poisson = emm(fits$poisson, "tension"),
  gaussian = emm(fits$gaussian, "tension"),
  cbpp = emm(fits$cbpp, "period")
)
slopes <- list(
  sleep_s = numbers(summary(emtrends(fits$sleep, ~ 1, "Days", lmer.df = s))),
  sleep_k = numbers(summary(emtrends(fits$sleep, ~ 1, "Days", lmer.df = k,
                                     at = list(Days = 2))))
)
one_test <- function(table) list(terms = rownames(table), table = numbers(table))
kinds <- list(s = "Satterthwaite", k = "Kenward-Roger")
tests <- list()
for (name in c("cake", "uneven", "uneven_sum", "additive", "sleep"))
  for (type in 1:3)
    for (kind in names(kinds)) {
      if (type == 3 && name %in% c("cake", "uneven")) next  # coded to the first level
      tests[[paste(name, type, kind)]] <-
        one_test(anova(fits[[name]], type = type, ddf = kinds[[kind]]))
    }
for (name in c("lm", "poisson", "cbpp"))
  tests[[paste(name, 2)]] <- one_test(if (name == "lm") Anova(fits$lm, type = 2) else
    Anova(fits[[name]], type = 2, test.statistic = if (name == "cbpp") "Chisq" else "Wald"))
tests[["lm 1"]] <- one_test(anova(fits$lm))
ml <- list(
  cake = update(fits$cake, REML = FALSE),
  additive = update(fits$additive, REML = FALSE),
  cbpp = fits$cbpp,
  poisson = fits$poisson
)
drops <- lapply(ml, function(fit) {
  table <- if (is(fit, "merMod")) lme4:::drop1.merMod(fit, test = "Chisq") else
    drop1(fit, test = "Chisq")
  names(table) <- sub("Df", "npar", sub("Pr\\(>?Chi\\)", "p", names(table)))
  list(terms = rownames(table), table = numbers(table[c("npar", "AIC", "LRT", "p")]))
})
# Shares of variance by MuMIn's and performance's formulas, as `performance` has them.
suppressMessages(library(performance))
explained <- lapply(fits[c("cake", "additive", "sleep", "cbpp")], function(fit) {
  r2 <- r2_nakagawa(fit)
  icc <- performance::icc(fit)
  list(marginal = unname(r2$R2_marginal), conditional = unname(r2$R2_conditional),
       adjusted = icc$ICC_adjusted, unadjusted = icc$ICC_unadjusted)
})
# A number that factor() codes; ratios; pairs of pairs; offsets; slopes at the ends of a
# spline, by the derivatives of its columns; levels whose names have signs.
both <- function(found, ...) numbers(summary(found, infer = c(TRUE, TRUE), ...))
days <- lmer(Reaction ~ factor(Days) + (1 | Subject), sleepstudy)
hours <- transform(breaks, hours = 1 + seq_len(54) %% 5)
hourly <- glm(breaks ~ wool + offset(log(hours)), poisson, hours)
spline <- lm(Reaction ~ splines::bs(Days, df = 4), sleepstudy)
ends <- splines::splineDesign(c(rep(0, 4), attr(splines::bs(sleepstudy$Days, df = 4),
  "knots"), rep(9, 4)), c(0, 9), derivs = c(1, 1), outer.ok = TRUE)
ends[, 1] <- 0
signs <- transform(sleepstudy, c = c("A", "B - C", "A - B", "C")[1 + seq_len(180) %% 4])
asked <- list(
  coded = both(emmeans(days, "Days", lmer.df = s)),
  coded_pairs = both(pairs(emmeans(days, "Days", lmer.df = s), adjust = "holm")),
  poisson = both(pairs(emmeans(fits$poisson, "tension")), type = "response"),
  cbpp = both(contrast(emmeans(fits$cbpp, "period"), "trt.vs.ctrl1", adjust = "none"),
              type = "response"),
  crossed = both(contrast(emmeans(fits$lm, ~ tension * wool), interaction = "pairwise")),
  crossed_cake = both(contrast(emmeans(fits$cake, ~ recipe * temperature, lmer.df = s),
                               interaction = "pairwise")),
  crossed_poisson = both(contrast(emmeans(fits$poisson, ~ tension * wool),
                                  interaction = "pairwise"), type = "response"),
  mean_offset = both(emmeans(hourly, "wool"), type = "response"),
  no_offset = both(emmeans(hourly, "wool", offset = 0), type = "response"),
  ends = list(slope = c(ends %*% coef(spline)),
              se = sqrt(diag(ends %*% vcov(spline) %*% t(ends)))),
  signs = both(pairs(emmeans(lm(Reaction ~ c, signs), "c"), adjust = "none"))
)
L <- rbind(c(1, 2, 3), c(0, 1, -1), c(1, 3, 2))
contests <- lapply(kinds, function(kind)
  numbers(contest(fits$sleep, L[1:2, ], joint = TRUE, ddf = kind)))
write_json(
  list(means = means, slopes = slopes, tests = tests, contests = contests,
       drops = drops, explained = explained, asked = asked,
       vcov = as.matrix(vcovAdj(fits$additive)),
       versions = sapply(c("lme4", "lmerTest", "pbkrtest", "emmeans", "car"),
                         function(p) as.character(packageVersion(p)))),
  "tests/reference/inference.json", digits = I(10), auto_unbox = TRUE, na = "null"
)
