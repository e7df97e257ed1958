# Writes the data sets that come from R packages to mlm/datasets/*.csv.
# Run from the top of the repository:  Rscript scripts/export_data.R
# Needs R with lme4 (Debian and Ubuntu: apt install r-cran-lme4).
# Afterwards `make test` compares each file with mlm/datasets/provenance.toml.

suppressMessages(library(lme4))

# The fewest digits from which a number is read back as it is: R writes 15, which are
# too few for some.
exactly <- function(numbers) {
  text <- as.character(numbers)
  for (digits in 15:17) {
    inexact <- !is.na(numbers) & as.double(text) != numbers
    text[inexact] <- sprintf(paste0("%.", digits, "g"), numbers[inexact])
  }
  text
}

export <- function(name, compress = FALSE) {
  data(list = name, package = "lme4", envir = environment())
  table <- get(name)
  path <- file.path("mlm", "datasets", paste0(tolower(name), ".csv"))
  written <- table
  for (column in names(table)[vapply(table, is.numeric, logical(1))]) {
    written[[column]] <- exactly(table[[column]])
  }
  connection <- file(path, open = "wb") # binary: the same line ends on every system
  write.csv(written, connection, row.names = FALSE, quote = FALSE)
  close(connection)
  if (compress) stopifnot(system2("xz", c("-9e", "-f", path)) == 0)
  cat(name, dim(table), "from lme4", as.character(packageVersion("lme4")), "\n")
}

for (name in c("sleepstudy", "Dyestuff", "Dyestuff2", "Penicillin", "Pastes", "cake")) {
  export(name)
}
export("InstEval", compress = TRUE)
