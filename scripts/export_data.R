# Writes the data sets that come from R packages to mlm/datasets/*.csv.
# Run from the top of the repository:  Rscript scripts/export_data.R
# Needs R with lme4 (Debian and Ubuntu: apt install r-cran-lme4).
# Afterwards `make test` compares each file with mlm/datasets/provenance.toml.

suppressMessages(library(lme4))

export <- function(name) {
  data(list = name, package = "lme4", envir = environment())
  table <- get(name)
  file <- file.path("mlm", "datasets", paste0(name, ".csv"))
  connection <- file(file, open = "wb") # binary: the same line ends on every system
  write.csv(table, connection, row.names = FALSE, quote = FALSE)
  close(connection)
  back <- read.csv(file)
  for (column in names(table)[vapply(table, is.numeric, logical(1))]) {
    stopifnot(identical(as.double(back[[column]]), as.double(table[[column]])))
  }
  cat(name, dim(table), "from lme4", as.character(packageVersion("lme4")), "\n")
}

export("sleepstudy")
