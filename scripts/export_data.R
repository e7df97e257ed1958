# Writes the data sets that come from R packages to mlm/datasets/*.csv.
# Run from the top of the repository:  Rscript scripts/export_data.R
# Needs R with the packages below (Debian and Ubuntu: apt install r-cran-lme4
# r-cran-mass r-cran-cardata r-cran-mlmrev r-cran-hsaur3).
# Afterwards `make test` compares each file with mlm/datasets/provenance.toml.

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

# One table, in a file of its own; fields are quoted only where one holds a comma.
write_table <- function(table, name, compress = FALSE) {
  path <- file.path("mlm", "datasets", paste0(name, ".csv"))
  quote <- any(vapply(table, function(column) any(grepl(",", column)), logical(1)))
  for (column in names(table)[vapply(table, is.numeric, logical(1))]) {
    table[[column]] <- exactly(table[[column]])
  }
  connection <- file(path, open = "wb") # binary: the same line ends on every system
  write.csv(table, connection, row.names = FALSE, quote = quote)
  close(connection)
  if (compress) stopifnot(system2("xz", c("-9e", "-f", path)) == 0)
}

from <- function(package, name) {
  data(list = name, package = package, envir = environment())
  cat(name, dim(get(name)), "from", package, as.character(packageVersion(package)), "\n")
  get(name)
}

for (name in c(
  "sleepstudy", "Dyestuff", "Dyestuff2", "Penicillin", "Pastes", "cake",
  "cbpp", "grouseticks"
)) {
  write_table(from("lme4", name), tolower(name))
}
write_table(from("lme4", "InstEval"), "insteval", compress = TRUE)

cars <- from("datasets", "mtcars")
write_table(cbind(car = rownames(cars), cars), "mtcars")
write_table(from("datasets", "warpbreaks"), "warpbreaks")
write_table(from("MASS", "quine"), "quine")
write_table(from("MASS", "Insurance"), "insurance")
passengers <- from("carData", "TitanicSurvival")
write_table(cbind(name = rownames(passengers), passengers), "titanic")
write_table(from("carData", "Wool"), "wool")
households <- from("carData", "Wells")
for (column in c("switch", "association")) {
  households[[column]] <- as.integer(households[[column]] == "yes")
}
write_table(households, "wells")
write_table(from("mlmRev", "Contraception"), "contraception")
write_table(from("HSAUR3", "toenail"), "toenail")
