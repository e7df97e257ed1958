# Times lme4's bootMer for benchmarks/limits.py: Rscript limits.R REPLICATES
# Prints a line of JSON: the least seconds of clock and processor of two runs.
suppressMessages(library(lme4))
n <- as.integer(commandArgs(trailingOnly = TRUE)[1])
fit <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
estimates <- function(fit) c(getME(fit, "theta"), sigma(fit), fixef(fit))
run <- function(n) {
  system.time(suppressMessages(suppressWarnings(bootMer(fit, estimates, nsim = n, seed = 1))))
}
run(20)
spent <- sapply(1:2, function(i) {
  spent <- run(n)
  c(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]])
})
cat(sprintf('{"seconds": %.3f, "cpu": %.3f}\n', min(spent[1, ]), min(spent[2, ])))
