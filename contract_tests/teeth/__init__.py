"""Has the contract teeth? Wrong fakes, made on purpose, that the contract tests must notice."""
