# Writes tests/reference/influence.json: estimates without each group, and principal
# components of random effects, by R's lme4.  Run from the top of the repository:
#   Rscript tests/reference/influence.R
# Needs R with lme4 and jsonlite.
suppressMessages({library(lme4); library(jsonlite)})
read <- function(name) read.csv(Sys.glob(paste0("mlm/datasets/", name, ".csv*")))
sleepstudy <- transform(read("sleepstudy"), Subject = factor(Subject))
cake <- transform(read("cake"), replicate = factor(replicate), recipe = factor(recipe))
penicillin <- transform(read("penicillin"), plate = factor(plate), sample = factor(sample))
cbpp <- read.csv("tests/reference/glmm/data/cbpp.csv")
cbpp$period <- factor(cbpp$period); cbpp$herd <- factor(cbpp$herd)

# All estimates without each group: fits of the rows that are left.
without <- function(data, group, fit) {
  levels <- unique(as.character(data[[group]]))
  one <- function(level) {
    found <- suppressMessages(fit(droplevels(data[data[[group]] != level, ])))
    c(fixef(found), as.data.frame(VarCorr(found))$sdcor)
  }
  table <- t(sapply(levels, one)); rownames(table) <- levels
  list(levels = levels, values = unname(table))
}
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))
out <- list(
  sleepstudy = without(sleepstudy, "Subject", function(d)
    lmer(Reaction ~ Days + (Days | Subject), d, control = tight)),
  penicillin = without(penicillin, "sample", function(d)
    lmer(diameter ~ 1 + (1 | plate) + (1 | sample), d, control = tight)),
  cbpp = without(cbpp, "herd", function(d)
    glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), d, binomial,
          control = glmerControl(tolPwrss = 1e-12))))
sleep <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
moved <- lme4:::dfbetas.influence.merMod(influence(sleep, "Subject"))
out$dfbetas <- unname(moved)
out$rePCA <- lapply(list(
  sleepstudy = sleep,
  cake = suppressMessages(lmer(angle ~ recipe + (recipe | replicate), cake, control = tight))),
  function(fit) {
    found <- rePCA(fit)[[1]]
    list(sd = found$sdev, rotation = unname(abs(found$rotation)))
  })
write(toJSON(out, digits = 12, auto_unbox = TRUE), "tests/reference/influence.json")
