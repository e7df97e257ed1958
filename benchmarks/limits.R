# Times lme4 for benchmarks/limits.py, as a line of JSON:
#   Rscript limits.R simulation REPLICATES
#   Rscript limits.R items FILE
# A simulation is bootMer on sleepstudy, its least seconds of clock and processor of two
# runs; items are one fit of a file with crossed groups g and h.
suppressMessages(library(lme4))
arguments <- commandArgs(trailingOnly = TRUE)
spent_on <- function(expression) {
  spent <- system.time(suppressMessages(suppressWarnings(expression)))
  c(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]])
}
# The most memory this process has used, in MB; missing where nobody tells.
peak <- function() {
  status <- "/proc/self/status"
  if (!file.exists(status)) return(NA)
  most <- grep("^VmHWM", readLines(status), value = TRUE)
  as.numeric(gsub("[^0-9]", "", most)) * 1024 / 1e6
}

if (arguments[1] == "simulation") {
  fit <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
  estimates <- function(fit) c(getME(fit, "theta"), sigma(fit), fixef(fit))
  n <- as.integer(arguments[2])
  run <- function(n) spent_on(bootMer(fit, estimates, nsim = n, seed = 1))
  run(20)
  spent <- sapply(1:2, function(i) run(n))
  found <- list(seconds = min(spent[1, ]), cpu = min(spent[2, ]))
} else {
  data <- read.csv(arguments[2])
  for (name in c("g", "h")) data[[name]] <- factor(data[[name]])
  before <- peak()
  # Without derivatives by differences after the search, which mlm does not take.
  quickly <- lmerControl(calc.derivs = FALSE)
  spent <- spent_on(fit <- lmer(y ~ x + (1 | g) + (1 | h), data, control = quickly))
  found <- list(rows = nrow(data), left = nlevels(data$h), seconds = spent[1],
                cpu = spent[2], megabytes = peak() - before,
                evaluations = fit@optinfo$feval)
}
words <- sprintf('"%s": %.6g', names(found), unlist(found))
cat(sprintf("{%s}\n", paste(words, collapse = ", ")))
