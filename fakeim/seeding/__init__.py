"""What a test author puts into a fake account before the code under test begins, piece by piece or as a whole."""
